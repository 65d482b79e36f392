import { command } from "./engine.ts";
import { Folder } from "./folder.ts";
import { must } from "./suite.ts";

/** Repositories, and an HTTPS server of them by git's own program (git-http-backend(1)), under an authority of its own. */
export class GitServer implements AsyncDisposable {
  readonly #folder: Folder;
  readonly #server: Bun.Server<undefined>;
  /** A request without this password gets 401, when it is set. */
  password: string | undefined;

  private constructor(folder: Folder) {
    this.#folder = folder;
    const tls = { cert: Bun.file(folder.join("server.pem")), key: Bun.file(folder.join("server.key")) };
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      tls,
      fetch: (request) => this.#answer(request),
    });
  }

  static async start(): Promise<GitServer> {
    const folder = new Folder();
    const subject = "-subj /CN=git -addext subjectAltName=IP:127.0.0.1";
    const key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
    const script = `openssl req -x509 ${key} -subj /CN=authority -keyout ca.key -out ca.pem
openssl req -x509 ${key} ${subject} -CA ca.pem -CAkey ca.key -keyout server.key -out server.pem`;
    must(await command(["sh", "-ec", `cd ${folder.path}; ${script}`]));
    return new GitServer(folder);
  }

  get authority(): string {
    return this.#folder.join("ca.pem");
  }

  get directory(): string {
    return this.#folder.join("repositories");
  }

  get url(): string {
    return `https://127.0.0.1:${this.#server.port}`;
  }

  /** A repository that a shell fills: it begins in an empty one, with a name for commits. Answers what the script prints. */
  async make(name: string, script: string): Promise<string> {
    const begin = `mkdir -p ${this.directory}/${name}; cd ${this.directory}/${name}; git init -q -b main`;
    const env = {
      GIT_CONFIG_GLOBAL: "/dev/null",
      EMAIL: "a@b",
      GIT_AUTHOR_NAME: "A",
      GIT_COMMITTER_NAME: "A",
    };
    const { stdout } = must(await command(["sh", "-ec", `${begin}; ${script}`], { env }));
    return stdout.trim();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const login = request.headers.get("authorization") ?? "";
    const password = Buffer.from(login.replace("Basic ", ""), "base64").toString().split(":")[1];
    if (this.password !== undefined && this.password !== password)
      return new Response("", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="git"' } });
    const env = {
      ...process.env,
      ...{ GIT_PROJECT_ROOT: this.directory, GIT_HTTP_EXPORT_ALL: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
      ...{ GIT_CONFIG_COUNT: "2", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" },
      ...{ GIT_CONFIG_KEY_1: "uploadpack.allowAnySHA1InWant", GIT_CONFIG_VALUE_1: "true" },
      ...{ REQUEST_METHOD: request.method, PATH_INFO: pathname, QUERY_STRING: search.slice(1) },
      CONTENT_TYPE: request.headers.get("content-type") ?? "",
      HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
      GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
    };
    const backend = Bun.spawn(["git", "http-backend"], {
      env,
      stdio: [await request.bytes(), "pipe", "ignore"],
    });
    const output = Buffer.from(await backend.stdout.bytes());
    const end = output.indexOf("\r\n\r\n");
    const headers = output
      .subarray(0, end)
      .toString()
      .split("\r\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()] as const);
    const status = Number(headers.find(([name]) => name === "Status")?.[1]?.slice(0, 3) ?? 200);
    return new Response(output.subarray(end + 4), { status, headers: Object.fromEntries(headers) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
    this.#folder[Symbol.dispose]();
  }
}
