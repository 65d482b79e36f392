import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { unfinished } from "../../os/durable.ts";

/** Deletes what was not written to its end from a directory of files, and of the others all but those written last. */
export function keepLatest(directory: string, most: number): void {
  const paths = readdirSync(directory).map((name) => join(directory, name));
  const isWhole = (path: string) => !path.endsWith(unfinished);
  const ages = paths
    .filter(isWhole)
    .map((path) => ({ path, written: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.written - a.written);
  const old = ages.slice(most).map(({ path }) => path);
  for (const path of [...paths.filter((each) => !isWhole(each)), ...old]) rmSync(path, { force: true });
}
