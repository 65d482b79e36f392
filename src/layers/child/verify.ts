import { TarDecoder } from "../../archive/index.ts";
import { digestFromHex } from "../../oci/digest.ts";
import type { VerifiedLayer, VerifyRequest } from "../verify.ts";
import { Blob } from "./blob.ts";
import { enterRoot } from "./chroot.ts";
import { compareTree } from "./compare-tree.ts";
import { decompress } from "./decompress.ts";
import { ExpectedTree } from "./expected-tree.ts";
import { answer } from "./protocol.ts";

/** The child of `verifyLayer`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, verify);
}

async function verify({ blob: path, target, contents }: VerifyRequest): Promise<VerifiedLayer> {
  const blob = new Blob(path, { growing: false });
  enterRoot(target);
  const tree = new ExpectedTree(contents);
  const decoder = new TarDecoder(tree);
  const hasher = new Bun.CryptoHasher("sha256");
  await decompress(blob.chunks(), (chunk) => {
    hasher.update(chunk);
    decoder.write(chunk);
  });
  decoder.finish();
  return { diffID: digestFromHex(hasher.digest("hex")), ...compareTree(tree.nodes) };
}
