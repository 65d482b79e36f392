import { SlipwayError } from "../errors/index.ts";
import { StatusError } from "./command.ts";
import { programName } from "./program.ts";
import { printError } from "./streams/print.ts";

/** Says on stderr what failed, and returns the exit status. */
export function report(error: unknown, status: number, name = "", debug = false): number {
  if (error instanceof StatusError) {
    if (error.message !== "") printError(`${error.message}\n`);
    return error.status;
  }
  const message = describe(error);
  // As docker does: the commands whose status is the container's say who speaks.
  const text =
    status === 125
      ? `${programName()}: ${message}\n\nRun '${programName()} ${name} --help' for more information`
      : message;
  printError(`${text}\n`);
  if (debug && error instanceof Error) printError(`${error.stack ?? ""}\n`);
  return status;
}

/** The message of a failure; one that the engine answered says so. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const answered = error instanceof SlipwayError && error.cause === undefined;
  return answered ? `Error response from daemon: ${error.message}` : error.message;
}
