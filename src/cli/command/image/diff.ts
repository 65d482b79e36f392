import type { ImageDifference } from "../../../api/index.ts";
import { diffImages } from "../../../client/image/diff.ts";
import { command, exactly } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { shortSize } from "../../formatter/size.ts";
import { wrong } from "../../local-error.ts";
import { objectFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";

const letters = ["C", "A", "D"] as const;

export default command({
  usage: "[OPTIONS] IMAGE IMAGE",
  description:
    "Show how the files of the second image differ from the first one's: A added, C changed, D removed.\n\n" +
    "Times of modification do not count; what a changed file differs in stands behind its path.",
  arity: exactly(2),
  flags: { format: objectFormat({}), summary: bool("Show only the totals") },
  async run({ flags, args: [from = "", to = ""], connect }) {
    if (!["", "json"].includes(flags.format)) throw wrong("a difference has no template: use --format json");
    const totals = new Totals();
    for await (const difference of diffImages(await connect(), from, to)) {
      totals.add(difference);
      if (flags.summary) continue;
      print(flags.format === "json" ? `${JSON.stringify(difference)}\n` : `${line(difference)}\n`);
    }
    if (flags.format !== "json" || flags.summary) print(totals.show(flags.format));
    return 0;
  },
});

function line({ Path, Kind, Type, From, To, Changes }: ImageDifference): string {
  const size = Kind === 0 && From !== To ? growth((To ?? 0) - (From ?? 0)) : shown(Kind === 2 ? From : To);
  const path = Type === "directory" ? `${Path}/` : Path;
  const what = Changes === undefined || Changes.join() === "content" ? "" : `  (${Changes.join(", ")})`;
  return `${letters[Kind]} ${size.padStart(8)}  ${printable(path)}${what}`;
}

const shown = (size: number | undefined) => (size === undefined ? "" : shortSize(size));
const growth = (bytes: number) => `${bytes < 0 ? "-" : "+"}${shortSize(Math.abs(bytes))}`;

/** A name must not move the terminal's cursor or end its line. */
function printable(path: string): string {
  return /\p{Cc}/u.test(path) ? JSON.stringify(path) : path;
}

class Totals {
  readonly #counts: [number, number, number] = [0, 0, 0];
  readonly #bytes: [number, number, number] = [0, 0, 0];

  add({ Kind, From = 0, To = 0 }: ImageDifference): void {
    this.#counts[Kind]++;
    this.#bytes[Kind] += To - From;
  }

  show(format: string): string {
    const [changed, added, removed] = this.#counts;
    const [changedBytes, addedBytes, removedBytes] = this.#bytes;
    if (format === "json") {
      const values = { Added: added, AddedBytes: addedBytes, Changed: changed, ChangedBytes: changedBytes };
      return `${JSON.stringify({ ...values, Removed: removed, RemovedBytes: -removedBytes })}\n`;
    }
    if (changed + added + removed === 0) return "no differences\n";
    const parts = [
      `${added} added (${growth(addedBytes)})`,
      `${changed} changed (${growth(changedBytes)})`,
      `${removed} removed (${growth(removedBytes)})`,
    ];
    return `${parts.join(", ")}, together ${growth(changedBytes + addedBytes + removedBytes)}\n`;
  }
}
