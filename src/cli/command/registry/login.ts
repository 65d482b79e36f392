import type { AuthConfig } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { login } from "../../../client/registry/login.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { between, command } from "../../command.ts";
import { credentialsFor, keepCredentials } from "../../config/credentials.ts";
import type { ConfigFile } from "../../config/file.ts";
import { hubKey } from "../../config/registry-key.ts";
import { bool, string } from "../../flags/kinds.ts";
import { programName } from "../../program.ts";
import { print, printError } from "../../streams/print.ts";
import { askForLogin, givenLogin } from "./given-login.ts";
import { serverKey, warnOfEnvironment } from "./server.ts";

export default command({
  usage: "[OPTIONS] [SERVER]",
  description: "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
  arity: between(0, 1),
  flags: {
    password: string('Password or Personal Access Token (PAT), or "-" to read from stdin', { short: "p" }),
    "password-stdin": bool("Take the Password or Personal Access Token (PAT) from stdin"),
    username: string("Username", { short: "u" }),
  },
  async run({ flags, changed, args: [server = ""], config, connect }) {
    const given = await givenLogin(flags, changed);
    warnOfEnvironment();
    const file = await config();
    const key = serverKey(server);
    const known = given.username || given.password ? undefined : await credentialsFor(file, key);
    const client = await connect();
    if (known?.username && known.password && (await again(client, file, known))) return 0;
    const asked = await askForLogin(given, key, known?.username);
    await enter(client, file, { ...asked, serveraddress: key });
    return 0;
  },
});

/** Tries what is kept; false when the registry no longer takes it, or cannot be asked. */
async function again(client: Client, file: ConfigFile, known: AuthConfig): Promise<boolean> {
  printError(`Authenticating with existing credentials... [Username: ${known.username}]\n`);
  printError(`To login with a different account, run '${programName()} logout' first\n\n`);
  try {
    await enter(client, file, known);
    return true;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const refused = error.kind === "unauthorized";
    printError(
      refused
        ? "Stored credentials invalid or expired\n"
        : `Login did not succeed, error: ${error.message}\n`,
    );
    return false;
  }
}

async function enter(client: Client, file: ConfigFile, auth: AuthConfig): Promise<void> {
  const { Status, IdentityToken } = await login(client, auth);
  const { username = "", password = "", serveraddress = hubKey } = auth;
  const secret = IdentityToken ? { identitytoken: IdentityToken } : { password };
  const { unencryptedIn } = await keepCredentials(file, serveraddress, { username, ...secret });
  if (unencryptedIn !== undefined) {
    printError(
      `\nWARNING! Your credentials are stored unencrypted in '${unencryptedIn}'.\n` +
        "Configure a credential helper to remove this warning. See\n" +
        "https://docs.docker.com/go/credential-store/\n\n",
    );
  }
  print(`${Status}\n`);
}
