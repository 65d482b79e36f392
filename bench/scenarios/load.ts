import { imageArchive, smallFiles } from "../image-archive.ts";
import { median, output, timed } from "../measure.ts";
import { peersOf, type Row, type Scenario } from "../scenario.ts";

const rounds = 3;

/** `load` of distinct images: deleting one in the loop would distort the figures of those after it. */
export const load: Scenario = async (context) => {
  const archives: string[] = [];
  for (let seed = 0; seed < rounds * 3; seed++)
    archives.push(await imageArchive(context.scratch, `load${seed}:latest`, smallFiles, seed));
  await output(["sync"]);
  const samples: Record<string, number[]> = { slipway: [], docker: [], podman: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [index, peer] of peersOf(context).entries()) {
      samples[peer.name]?.push(
        await timed(peer.command("load", "-q", "-i", archives[round * 3 + index] ?? "")),
      );
    }
  }
  const values = {
    slipway: median(samples.slipway ?? []),
    docker: median(samples.docker ?? []),
    podman: median(samples.podman ?? []),
  };
  const ratio = values.slipway / Math.min(values.docker, values.podman);
  const row: Row = {
    what: `load of ${smallFiles.what}`,
    unit: "ms",
    values,
    target: `≤ 1/2 of both (is ${ratio.toFixed(2)})`,
    met: ratio <= 0.5,
  };
  return [row];
};
