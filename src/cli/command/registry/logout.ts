import { messageOf } from "../../../errors/index.ts";
import { between, command } from "../../command.ts";
import { eraseCredentials } from "../../config/credentials.ts";
import { registryHost } from "../../config/registry-key.ts";
import { print, printError } from "../../streams/print.ts";
import { serverKey, warnOfEnvironment } from "./server.ts";

export default command({
  usage: "[SERVER]",
  description: "Log out from a registry.\nDefaults to Docker Hub if no server is specified.",
  arity: between(0, 1),
  flags: {},
  async run({ args: [server = ""], config }) {
    warnOfEnvironment();
    const file = await config();
    const key = serverKey(server);
    const host = registryHost(server);
    // Logins were once kept under what had been typed.
    const keys = server === "" ? [key] : new Set([key, server, host, `http://${host}`, `https://${host}`]);
    print(`Removing login credentials for ${key}\n`);
    const failures: string[] = [];
    let erased = false;
    for (const one of keys) {
      try {
        await eraseCredentials(file, one);
        erased = true;
      } catch (error) {
        failures.push(`${one}: ${messageOf(error)}\n`);
      }
    }
    if (erased) return 0;
    printError(`could not erase credentials:\n${failures.join("")}`);
    return 1;
  },
});
