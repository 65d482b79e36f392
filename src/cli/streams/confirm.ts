import { StatusError } from "../command.ts";
import { print } from "./print.ts";

/** Asks before something is removed; anything but yes ends the command, with status 0 as docker does. */
export function confirm(warning: string, force: boolean): void {
  if (!force && !agrees(warning)) throw new StatusError(0);
}

/** Asks whether to go on after a warning. */
export function agrees(warning: string): boolean {
  print(`WARNING! ${warning}\n`);
  const answer = prompt("Are you sure you want to continue? [y/N]") ?? "";
  return /^y(es)?$/i.test(answer.trim());
}
