import { topContainer } from "../../../client/container/top.ts";
import { atLeast, command } from "../../command.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "CONTAINER [ps OPTIONS]",
  arity: atLeast(1),
  interspersed: false,
  flags: {},
  async run({ args: [name = "", ...psArgs], connect }) {
    const { Titles, Processes } = await topContainer(await connect(), name, psArgs.join(" ") || undefined);
    print(aligned([Titles, ...(Processes ?? [])]));
    return 0;
  },
});

const width = 20;

/** Docker's table of processes: columns twenty wide at least, the last one as long as it is. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(width, ...rows.map((row) => (row[at] ?? "").length + 1)));
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? width))).join("");
  return rows.map((row) => `${line(row)}\n`).join("");
}
