import { wrong } from "../../local-error.ts";
import { printError } from "../../streams/print.ts";
import { isTerminal, terminalSize } from "../../streams/terminal.ts";
import type { BuildLog } from "./log.ts";
import { plainView } from "./plain.ts";
import { rawView } from "./raw.ts";
import { terminalView } from "./tty.ts";
import type { View } from "./view.ts";

export { BuildLog } from "./log.ts";
export type { View } from "./view.ts";

const modes = ["auto", "plain", "tty", "rawjson", "quiet", "none"];

/** The view that `--progress` names, on standard error: standard output is for results. */
export function openView(mode: string, log: BuildLog): View {
  if (!modes.includes(mode))
    throw wrong(`invalid progress mode ${mode}: use auto, plain, tty, quiet or rawjson`);
  const chosen = mode === "auto" ? process.env.BUILDKIT_PROGRESS || (isTerminal(2) ? "tty" : "plain") : mode;
  if (chosen === "tty" && !isTerminal(2)) throw wrong("failed to get console: standard error is no terminal");
  if (chosen === "quiet" || chosen === "none") return { show: (status) => void log.update(status), end() {} };
  if (chosen === "rawjson") return rawView(log, printError);
  if (chosen === "tty") return terminalView(log, printError, () => terminalSize(2), !process.env.NO_COLOR);
  return plainView(log, printError);
}
