import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, type TestEngine } from "./engine.ts";
import { must } from "./suite.ts";

/** File systems that a test can have one of its own of. */
export type FileSystem = "ext4" | "xfs" | "btrfs";

/** The least that mkfs.xfs and mkfs.btrfs make; a file with holes takes none of it. */
const ordinary = 320;

/**
 * Starts an engine anew with its volumes on a file system of their own, for the time of `work`. `mebibytes` is its size;
 * small ones are ext4 only. The volumes that the engine had come back afterwards.
 */
export async function withVolumesOn(
  engine: TestEngine,
  type: FileSystem,
  work: () => Promise<void>,
  mebibytes = ordinary,
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "slipway-file-system-"));
  const image = join(scratch, "image");
  const target = join(engine.dataRoot, "volumes");
  const run = async (argv: string[]) => must(await command(argv));
  await engine.terminate();
  await run(["truncate", "-s", `${mebibytes}M`, image]);
  await run([`mkfs.${type}`, "-q", image]);
  mkdirSync(target, { recursive: true });
  await run(["mount", "-o", "loop", image, target]);
  try {
    await engine.start();
    await work();
  } finally {
    await engine.terminate();
    await run(["umount", target]);
    rmSync(scratch, { recursive: true, force: true });
    await engine.start();
  }
}
