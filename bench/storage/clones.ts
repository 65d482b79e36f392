import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { compare, median, output, timed } from "../measure.ts";
import { startSlipway } from "../peers/slipway.ts";
import type { Context, Row } from "../scenario.ts";

const rounds = 3;
const gigabytes = 5;
/** As many files of 50 MB. */
const count = gigabytes * 20;

/** Clones of a 5 GB volume: on the scratch folder's own file system, against `cp -a`, and on XFS, which has reflinks. */
export async function clones(context: Context): Promise<Row[]> {
  return [await withoutReflink(context), await withReflink(context)];
}

type Slipway = Context["slipway"];

async function fill(slipway: Slipway): Promise<void> {
  const script = `i=0; while [ $i -lt ${count} ]; do dd if=/dev/zero of=/v/f$i bs=1M count=50; i=$((i+1)); done`;
  await output(slipway.command("run", "--rm", "-v", "large:/v", "busybox", "sh", "-ec", script));
  await output(["sync"]);
}

/** Both are on disk at the end: the clone by itself, `cp` because sync follows. */
async function withoutReflink({ slipway, scratch }: Context): Promise<Row> {
  await fill(slipway);
  const source = await output(slipway.command("volume", "inspect", "-f", "{{.Mountpoint}}", "large"));
  const target = join(scratch, "clone");
  const settled = async (argv: string[], remove: string[]) => {
    await output(["sync"]);
    const time = await timed(argv);
    // Room for the next: a hundred files are too few to slow the creations that follow.
    await output(remove);
    return time;
  };
  const values = await compare(rounds, {
    clone: () =>
      settled(slipway.command("volume", "clone", "large", "clone"), slipway.command("volume", "rm", "clone")),
    cp: () =>
      settled(["sh", "-c", 'cp -a "$1" "$2" && sync -f "$2"', "sh", source, target], ["rm", "-r", target]),
  });
  const ratio = values.clone / values.cp;
  return {
    what: `volume clone of ${gigabytes} GB in ${count} files, without reflinks`,
    unit: "ms",
    values: { slipway: values.clone },
    target: `≤ cp -a and sync: ${values.cp.toFixed(0)} ms (is ${ratio.toFixed(2)})`,
    met: ratio <= 1.03,
  };
}

/** An engine of its own whose data root is on an image file, sparse, with XFS. */
async function withReflink({ slipway: first, scratch }: Context): Promise<Row> {
  const image = join(scratch, "xfs.img");
  const mountPoint = join(scratch, "xfs");
  mkdirSync(mountPoint);
  await output(["truncate", "-s", "20G", image]);
  await output(["mkfs.xfs", "-q", "-m", "reflink=1", image]);
  await output(["mount", "-o", "loop", image, mountPoint]);
  const slipway = await startSlipway({ number: 1, dataRoot: join(mountPoint, "data") });
  try {
    const archive = join(scratch, "clones.tar");
    await output(first.command("save", "-o", archive, "busybox"));
    await output(slipway.command("load", "-q", "-i", archive));
    await fill(slipway);
    const samples: number[] = [];
    for (let round = 0; round < 9; round++) {
      await output(["sync"]);
      samples.push(await timed(slipway.command("volume", "clone", "large", `large${round}`)));
    }
    const value = median(samples);
    return {
      what: `volume clone of ${gigabytes} GB in ${count} files, XFS with reflinks`,
      unit: "ms",
      values: { slipway: value },
      target: "< 100 ms",
      met: value < 100,
    };
  } finally {
    await slipway.stop();
    await output(["umount", mountPoint]);
  }
}
