import { hubKey } from "../../config/registry-key.ts";
import { wrong } from "../../local-error.ts";
import { printError } from "../../streams/print.ts";
import { isTerminal } from "../../streams/terminal.ts";

/** What the command line says about who logs in; empty where it says nothing. */
export interface GivenLogin {
  username: string;
  password: string;
}

interface LoginFlags extends GivenLogin {
  "password-stdin": boolean;
}

/** Checks the flags against each other and reads the password that comes from stdin. */
export async function givenLogin(
  flags: LoginFlags,
  changed: (name: keyof LoginFlags) => boolean,
): Promise<GivenLogin> {
  const { username, password } = flags;
  const fromStdin = flags["password-stdin"] || password === "-";
  if (fromStdin && changed("password") && password !== "-") {
    throw wrong("conflicting options: cannot specify both --password and --password-stdin");
  }
  if (fromStdin && !changed("username")) {
    throw wrong("the --password-stdin option requires --username to be set");
  }
  if (changed("username") && username === "") throw wrong("username is empty");
  if (changed("password") && password === "") throw wrong("password is empty");
  if (!fromStdin) {
    if (password !== "")
      printError("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
    return { username, password };
  }
  const secret = (await Bun.stdin.text()).replace(/\r\n$|\n$|\r$/, "");
  if (secret.trim() === "") throw wrong("password is empty");
  return { username, password: secret };
}

/** Asks the person at the terminal for what is missing. */
export async function askForLogin(
  { username, password }: GivenLogin,
  key: string,
  former = "",
): Promise<GivenLogin> {
  if (username !== "" && password !== "") return { username, password };
  if (!isTerminal(0)) {
    throw wrong(
      "cannot perform an interactive login from a non-TTY device: give --username and --password-stdin",
    );
  }
  const { ask, askSecret } = await import("../../streams/prompt.ts");
  if (username === "" && key === hubKey) {
    printError(
      "Log in to Docker Hub with a username and a password or, better, a Personal Access Token (PAT).\n" +
        "There is no web-based login here.\n\n",
    );
  }
  const name = username || (await ask(former === "" ? "Username: " : `Username (${former}): `)) || former;
  if (name === "") throw wrong("username is required");
  const secret = password || (await askSecret("Password: "));
  if (secret === "") throw wrong("password is required");
  return { username: name, password: secret };
}
