import type { StoreCheckAux, StoreProblem, StoreReport } from "../../../api/index.ts";
import { checkStore } from "../../../client/store/check.ts";
import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { objectFormat } from "../../opts/format.ts";
import { print, printError } from "../../streams/print.ts";
import { isTerminal } from "../../streams/terminal.ts";

export default command({
  usage: "[OPTIONS]",
  description:
    "Verify all that the engine stores: blobs, images, unpacked layers, containers and volumes.\n\n" +
    "Blobs are hashed, and unpacked layers compared with their archives by names, types, sizes, modes, owners, times\n" +
    "and links. The exit status is 0 when nothing is wrong or all was repaired, and 1 when something remains.",
  arity: noArguments,
  flags: {
    deep: bool("Compare the content of unpacked files, too"),
    format: objectFormat({}),
    quick: bool("Look only whether all is there, in its size; read nothing"),
    repair: bool("Repair what can be repaired, and delete what nothing needs"),
  },
  async run({ flags: { deep, format, quick, repair }, connect }) {
    if (!["", "json"].includes(format)) throw wrong("a report has no template: use --format json");
    const says = format === "" ? new Transcript() : undefined;
    let report: StoreReport | undefined;
    for await (const { id, status, aux } of checkStore(await connect(), { repair, quick, deep })) {
      if (status !== undefined) says?.progress(`${id}: ${status}`);
      const told = aux as StoreCheckAux | undefined;
      if (told !== undefined && "Problem" in told) says?.problem(told.Problem);
      if (told !== undefined && "Report" in told) report = told.Report;
    }
    if (report === undefined) throw wrong("the check ended without a report");
    if (format === "json") print(`${JSON.stringify(report)}\n`);
    says?.report(report);
    return report.Remaining > 0 ? 1 : 0;
  },
});

/** Problems as lines that stay, and on a terminal what is being done on a line that does not. */
class Transcript {
  readonly #live = isTerminal(2);

  progress(text: string): void {
    if (this.#live) printError(`\r\x1b[2K${text}`);
  }

  problem({ Subject, Id, Problem, Images, Containers, Repaired, Remedy }: StoreProblem): void {
    this.#clear();
    const affected = [
      ...(Images.length > 0 ? [`images: ${Images.join(", ")}`] : []),
      ...(Containers.length > 0 ? [`containers: ${Containers.join(", ")}`] : []),
    ];
    const lines = [
      `${Subject} ${Id}: ${Problem}`,
      ...(affected.length > 0 ? [`  ${affected.join("; ")}`] : []),
      `  ${Repaired ? "repaired" : "remedy"}: ${Remedy}`,
    ];
    print(`${lines.join("\n")}\n`);
  }

  report({ Checked, Problems, Repaired, Remaining }: StoreReport): void {
    this.#clear();
    const { Blobs, Images, Layers, Containers, Volumes } = Checked;
    print(
      `Checked ${count(Blobs, "blob")}, ${count(Images, "image")}, ${count(Layers, "layer")}, ` +
        `${count(Containers, "container")}, ${count(Volumes, "volume")}: `,
    );
    if (Problems.length === 0) print("nothing is wrong\n");
    else print(`${count(Problems.length, "problem")}, ${Repaired} repaired, ${Remaining} remaining\n`);
  }

  #clear(): void {
    if (this.#live) printError("\r\x1b[2K");
  }
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
