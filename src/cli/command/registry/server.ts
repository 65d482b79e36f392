import { authVariable } from "../../config/environment-auth.ts";
import { hubKey, registryHost, registryKey } from "../../config/registry-key.ts";
import { printError } from "../../streams/print.ts";

/** What a login at the SERVER of a command line is kept under. */
export function serverKey(server: string): string {
  return server === "" ? hubKey : registryKey(registryHost(server));
}

/** A login in the environment hides those that are kept. */
export function warnOfEnvironment(): void {
  if (!process.env[authVariable]) return;
  printError(`WARNING: ${authVariable} is set and comes first; unset it to use the logins that are kept.\n`);
}
