/*
 * Programs that keep credentials: docker-credential-NAME with the actions get, store and erase, which read their
 * argument from stdin and answer on stdout (docker-credential-helpers, README).
 */
import { messageOf } from "../../errors/index.ts";
import { wrong } from "../local-error.ts";

export interface HelperCredentials {
  ServerURL: string;
  /** `<token>` says that the secret is an identity token. */
  Username: string;
  Secret: string;
}

/** What helpers print instead of credentials when they have none; the protocol has no other sign. */
const notFound = "credentials not found in native keychain";
/** A helper may ask its user for a passphrase. */
const patienceMs = 300_000;
const maxAnswerBytes = 1 << 20;

/** Undefined when the helper has none for the server. */
export async function getFromHelper(name: string, server: string): Promise<HelperCredentials | undefined> {
  const { status, said } = await ask(name, "get", server);
  if (status !== 0 && said.trim() === notFound) return undefined;
  if (status !== 0) throw failed(name, "get", said);
  const answer = parse(name, said) as Partial<HelperCredentials>;
  if (typeof answer.Username !== "string" || typeof answer.Secret !== "string") {
    throw wrong(`${program(name)} get answered without "Username" and "Secret"`);
  }
  return { ServerURL: server, Username: answer.Username, Secret: answer.Secret };
}

export async function storeInHelper(name: string, credentials: HelperCredentials): Promise<void> {
  const { status, said } = await ask(name, "store", JSON.stringify(credentials));
  if (status !== 0) throw failed(name, "store", said);
}

export async function eraseFromHelper(name: string, server: string): Promise<void> {
  const { status, said } = await ask(name, "erase", server);
  if (status !== 0) throw failed(name, "erase", said);
}

/** The helper that is used where nothing is configured and nothing kept yet, if it is installed. */
export function defaultHelper(): string | undefined {
  const usual = installed("pass") === null ? "secretservice" : "pass";
  return installed(program(usual)) === null ? undefined : usual;
}

/** By the PATH of now, which the runtime would look up once for all. */
const installed = (name: string) => Bun.which(name, { PATH: process.env.PATH ?? "" });
const program = (name: string) => `docker-credential-${name}`;

async function ask(name: string, action: string, input: string): Promise<{ status: number; said: string }> {
  const path = name.includes("/") ? null : installed(program(name));
  if (path === null) {
    throw wrong(
      `the credential helper ${program(name)}, which the client's configuration names, is not on the PATH: ` +
        'install it, or take it out of "credsStore" and "credHelpers"',
    );
  }
  const helper = Bun.spawn([path, action], {
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "inherit",
    timeout: patienceMs,
    maxBuffer: maxAnswerBytes,
  });
  const [said, status] = await Promise.all([helper.stdout.text(), helper.exited]);
  return { status, said };
}

function parse(name: string, said: string): object {
  try {
    const value: unknown = JSON.parse(said);
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    throw wrong(`${program(name)} did not answer with JSON: ${messageOf(error)}`);
  }
  throw wrong(`${program(name)} did not answer with a JSON object`);
}

function failed(name: string, action: string, said: string): Error {
  return wrong(`${program(name)} could not ${action} credentials: ${said.trim() || "it gave no reason"}`);
}
