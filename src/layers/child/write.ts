import type { WriteRequest } from "../diff.ts";
import { enterRoot } from "./chroot.ts";
import { write } from "./diff.ts";
import { answer } from "./protocol.ts";

/** The child of `diffLayer`. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, async ({ upper }: WriteRequest) => {
    enterRoot(upper);
    write();
  });
}
