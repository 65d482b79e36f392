import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { smallFiles, writeTree } from "../image-archive.ts";
import { compare, output, timed } from "../measure.ts";
import type { Peer } from "../peers/peer.ts";
import { type Context, peersOf, type Row } from "../scenario.ts";

const rounds = 3;
const image = "storage-bench";

/** Copy-up into a volume at its first use, and `cp` both ways. Every round has a name of its own, and nothing is deleted meanwhile. */
export async function copies(context: Context): Promise<Row[]> {
  const tree = join(context.scratch, "copies");
  makeRoot(tree);
  const archive = join(context.scratch, "copies.tar");
  await output(["tar", "-C", tree, "-cf", archive, "."]);
  for (const peer of peersOf(context)) {
    await output(peer.command("import", archive, image));
    await output(peer.command("create", "--name", "copies", image, "true"));
  }
  let serial = 0;
  const next = (what: string) => `${what}${serial++}`;
  const within = join(tree, "data");
  return [
    await measure(context, "run -v NEW:/data: copy-up", (peer) =>
      peer.command("run", "--name", next("copyup"), "-v", `${next("copied")}:/data`, image, "true"),
    ),
    await measure(context, "cp into a container", (peer) =>
      peer.command("cp", within, `copies:/${next("in")}`),
    ),
    await measure(context, "cp out of a container", (peer) =>
      peer.command("cp", "copies:/data", join(context.scratch, next("out"))),
    ),
  ];
}

/** A root file system of busybox with 30,000 files in /data. */
function makeRoot(root: string): void {
  mkdirSync(join(root, "bin"), { recursive: true });
  copyFileSync("/bin/busybox", join(root, "bin", "busybox"));
  symlinkSync("busybox", join(root, "bin", "true"));
  writeTree(join(root, "data"), smallFiles, 1);
}

async function measure(context: Context, what: string, argv: (peer: Peer) => string[]): Promise<Row> {
  const once = (peer: Peer) => async () => {
    // What the one before has left to the kernel to write is not this one's.
    await output(["sync"]);
    return await timed(argv(peer));
  };
  const { slipway, docker, podman } = context;
  const values = await compare(rounds, {
    slipway: once(slipway),
    docker: once(docker),
    podman: once(podman),
  });
  const ratio = values.slipway / values.docker;
  return {
    what: `${what}, ${smallFiles.what}`,
    unit: "ms",
    values,
    target: `≤ 0.5 of docker (is ${ratio.toFixed(2)})`,
    met: ratio <= 0.5,
  };
}
