import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildRequest } from "../../../api/index.ts";
import { messageOf } from "../../../errors/index.ts";
import { wrong } from "../../local-error.ts";
import type { GivenAgent } from "./read.ts";

/** BuildKit's limit. */
const maxKey = 100 << 10;

/** Agents for the time of a build. */
export interface OpenAgents extends AsyncDisposable {
  readonly all: NonNullable<BuildRequest["SSH"]>;
}

/**
 * Gives keys in files an agent each id, OpenSSH's `ssh-agent` on a socket in a directory of the user's own. It ends with this
 * process, however that ends: within ten seconds if it is killed. A key with a passphrase is asked for on the terminal.
 */
export async function openAgents(given: readonly GivenAgent[]): Promise<OpenAgents> {
  await using opened = new AsyncDisposableStack();
  const all: OpenAgents["all"] = [];
  for (const agent of given) {
    const { id } = agent;
    if (all.some(({ ID }) => ID === id)) throw wrong(`--ssh ${id} is given twice`);
    all.push({ ID: id, Path: "socket" in agent ? agent.socket : await serve(agent.keys, opened) });
  }
  const kept = opened.move();
  return { all, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function serve(keys: readonly string[], opened: AsyncDisposableStack): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-agent-"));
  opened.defer(() => rmSync(directory, { recursive: true, force: true }));
  const socket = join(directory, "agent.sock");
  // ssh-agent watches the shell that it makes, and the shell our end of its input.
  const watched = await spawned(["ssh-agent", "-a", socket, "sh", "-c", 'echo "$SSH_AGENT_PID"; exec cat']);
  opened.defer(() => end(watched));
  const { value } = await watched.stdout.getReader().read();
  const pid = Number(Buffer.from(value ?? []).toString());
  if (!Number.isInteger(pid) || pid < 2)
    throw wrong(`ssh-agent did not start: ${(await watched.stderr.text()).trim()}`);
  opened.defer(() => void process.kill(pid, "SIGTERM"));
  for (const path of keys) await add(path, socket);
  return socket;
}

async function end(watched: Awaited<ReturnType<typeof spawned>>): Promise<void> {
  await watched.stdin.end();
  await watched.exited;
}

/** From its input: for what is in a file `ssh-add` wants modes that mounted secrets do not have. */
async function add(path: string, socket: string): Promise<void> {
  const key = readFileSync(path);
  if (key.length > maxKey) throw wrong(`failed to read ssh key ${path}: larger than ${maxKey} bytes`);
  const adding = await spawned(["ssh-add", "-q", "-"], { SSH_AUTH_SOCK: socket });
  adding.stdin.write(key);
  await adding.stdin.end();
  const [said, status] = await Promise.all([adding.stderr.text(), adding.exited]);
  if (status !== 0) throw wrong(`failed to read ssh key ${path}: ${said.trim() || "ssh-add refused it"}`);
}

async function spawned(argv: [string, ...string[]], env: Record<string, string> = {}) {
  try {
    return Bun.spawn(argv, {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
  } catch (error) {
    const hint = "install OpenSSH's client, or run an agent and give its socket";
    throw wrong(`--ssh with keys in files needs ${argv[0]}: ${messageOf(error)}: ${hint}`);
  }
}
