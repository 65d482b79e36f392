import { StatusError } from "../command.ts";
import { print } from "./print.ts";

/** Asks before something is removed; anything but yes ends the command. */
export function confirm(warning: string, force: boolean): void {
  if (force) return;
  print(`WARNING! ${warning}\nAre you sure you want to continue? [y/N] `);
  const answer = prompt("") ?? "";
  if (!/^y(es)?$/i.test(answer.trim())) throw new StatusError(1, "operation was cancelled");
}
