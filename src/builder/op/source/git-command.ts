import { cancelled, invalid, unavailable } from "../../../errors/index.ts";
import type { OpJob, Session } from "../../solver/model.ts";
import { type GitRemote, shown } from "./git-remote.ts";

/** Nothing of this host's or a repository's own configuration may make git run anything. */
const settings: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "credential.helper": "",
  "protocol.ext.allow": "never",
  "safe.directory": "*",
  "advice.detachedHead": "false",
  "init.defaultBranch": "main",
  "gc.auto": "0",
  "maintenance.auto": "false",
};

/** Of the engine's own environment: the way out of its network, and the authorities that vouch for servers of it. */
const passedOn = [
  ...["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
  ...["GIT_SSL_CAINFO", "GIT_SSL_CAPATH"],
];

/** Git, told where it may go. What it prints about its progress goes to the step's output. */
export class Git {
  private constructor(
    private readonly program: string,
    private readonly environment: Record<string, string>,
    private readonly job: OpJob,
    private readonly remote: GitRemote,
  ) {}

  /** `unavailable` on a host without git. */
  static async open(remote: GitRemote, job: OpJob): Promise<Git> {
    const program = Bun.which("git");
    if (program === null)
      throw unavailable(`cannot fetch the git repository ${remote.url}: install git on this host`);
    const agent = await job.session.sshAgent("default");
    const header = isWeb(remote) ? await authorization(remote, job.session) : undefined;
    const all = Object.entries({
      ...settings,
      ...(header && { [`http.${new URL(remote.url).origin}/.extraHeader`]: `Authorization: ${header}` }),
    });
    const environment: Record<string, string> = {
      PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: "/nonexistent",
      LC_ALL: "C",
      GIT_ALLOW_PROTOCOL: remote.protocols,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_TERMINAL_PROMPT: "0",
      GIT_SSH_COMMAND:
        "ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null",
      GIT_CONFIG_COUNT: String(all.length),
      ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }),
    };
    // Not as arguments: these can be seen by everybody on the host.
    for (const [at, [name, value]] of all.entries()) {
      environment[`GIT_CONFIG_KEY_${at}`] = name;
      environment[`GIT_CONFIG_VALUE_${at}`] = value;
    }
    for (const name of passedOn) if (process.env[name] !== undefined) environment[name] = process.env[name];
    return new Git(program, environment, job, remote);
  }

  /** Runs a command in a directory and answers what it printed; undefined when it failed and may. */
  async try(directory: string, ...args: string[]): Promise<string | undefined> {
    const { status, output } = await this.#run(directory, args);
    return status === 0 ? output : undefined;
  }

  /** The same; a failure is an error with git's last words. */
  async run(directory: string, ...args: string[]): Promise<string> {
    const { status, output, complaint } = await this.#run(directory, args);
    if (status === 0) return output;
    const words = shown(lastWords(complaint)) || `it exited with ${status}`;
    throw invalid(`git ${args[0]} of ${this.remote.url} failed: ${words}`);
  }

  async #run(directory: string, args: string[]) {
    const { signal } = this.job;
    signal.throwIfAborted();
    const child = Bun.spawn([this.program, ...args], {
      cwd: directory,
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    // With what it has started itself.
    const kill = () => process.kill(-child.pid, "SIGKILL");
    signal.addEventListener("abort", kill, { once: true });
    try {
      const [output, complaint, status] = await Promise.all([
        child.stdout.text(),
        child.stderr.text(),
        child.exited,
      ]);
      if (signal.aborted)
        throw cancelled("the git repository is not fetched any more", { cause: signal.reason });
      return { output, complaint, status };
    } finally {
      signal.removeEventListener("abort", kill);
    }
  }
}

/** Without ssh's word on host keys, and git's of what may be wrong with any server. */
function lastWords(complaint: string): string {
  const empty =
    /^\s*$|^Warning: Permanently added |^Please make sure you have the correct access|^and the repository exists/;
  const lines = complaint.split("\n").filter((line) => !empty.test(line));
  return lines.slice(-3).join("; ").trim();
}

const isWeb = ({ url }: GitRemote): boolean => /^https?:/.test(url);

/** What the URL itself says, else a secret that BuildKit has a name for, else a login at a registry of the host. */
async function authorization(remote: GitRemote, session: Session): Promise<string | undefined> {
  if (remote.credentials !== undefined) return basic(remote.credentials);
  for (const suffix of [`.${remote.host}`, ""]) {
    const header = await session.secret(`GIT_AUTH_HEADER${suffix}`);
    if (header !== undefined) return textOf(header);
    const token = await session.secret(`GIT_AUTH_TOKEN${suffix}`);
    if (token !== undefined) return basic({ username: "x-access-token", password: textOf(token) });
  }
  const login = await session.auth(remote.host);
  return login && basic(login);
}

const textOf = (secret: Uint8Array): string => Buffer.from(secret).toString().trim();

const basic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
