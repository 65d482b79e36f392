#!/usr/bin/env bun
/*
 * npm test -- build-parity [CASE…]: builds the same Dockerfiles with slipway, with BuildKit and with the classic builder of Debian's
 * docker.io, and tells what differs in the images. Differences from the classic builder are told, and fail nothing.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDocker } from "../../bench/peers/docker.ts";
import type { Peer } from "../../bench/peers/peer.ts";
import { startSlipway } from "../../bench/peers/slipway.ts";
import { cases } from "./cases.ts";
import { differences } from "./compare.ts";
import { type SavedImage, savedImage } from "./image.ts";
import { meant } from "./meant.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-parity-"));
const context = join(folder, "context");
let failed = 0;

/** The image, or what the builder says instead of one. */
async function built(peer: Peer, name: string, kit: "0" | "1"): Promise<SavedImage | string> {
  const dockerfile = join(folder, name);
  const tag = `parity-${name}-${kit}`;
  const build = Bun.spawn(peer.command("build", "-q", "-t", tag, "-f", dockerfile, context), {
    env: { ...process.env, DOCKER_BUILDKIT: kit },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const errors = await build.stderr.text();
  if ((await build.exited) !== 0) return `refuses: ${errors.trim().split("\n").at(-1)}`;
  return await savedImage(peer.command("save", tag));
}

function tell(name: string, other: string, ours: SavedImage | string, theirs: SavedImage | string): number {
  const of = (image: SavedImage | string) => (typeof image === "string" ? image : "builds");
  const found =
    typeof ours === "string" || typeof theirs === "string"
      ? [`${of(ours)} / ${of(theirs)}`].filter(() => ours !== theirs)
      : differences(ours, theirs, { history: other === "BuildKit" });
  const left = found.filter((line) => !meant(name, other, line));
  console.log(`${left.length === 0 ? "ok     " : "DIFFERS"} ${name} from ${other}`);
  for (const line of left) console.log(`        ${line.replaceAll("\n", "\n        ")}`);
  return left.length;
}

const command = async (argv: string[]) => {
  const child = Bun.spawn(argv, { stdio: ["ignore", "ignore", "inherit"] });
  if ((await child.exited) !== 0) throw new Error(argv.join(" "));
};
await using started = new AsyncDisposableStack();
const slipway = started.adopt(await startSlipway({ number: 7 }), (peer) => peer.stop());
const docker = started.adopt(await startDocker(7), (peer) => peer.stop());
try {
  await command(["sh", "-c", `mkdir ${context} && cd ${context} && ${import.meta.dir}/context.sh`]);
  await command(slipway.command("image", "bootstrap", "-q", "busybox"));
  await command(slipway.command("save", "-o", `${folder}/base.tar`, "busybox"));
  await command(docker.command("load", "-q", "-i", `${folder}/base.tar`));
  const wanted = process.argv.slice(2);
  for (const [name, text] of Object.entries(cases)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await Bun.write(join(folder, name), text);
    const ours = await built(slipway, name, "1");
    failed += tell(name, "BuildKit", ours, await built(docker, name, "1"));
    tell(name, "the classic builder", ours, await built(docker, name, "0"));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
