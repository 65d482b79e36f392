import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A volume plugin of Docker's protocol, as a process of its own: `bun volume-plugin.ts SOCKET DIRECTORY [KEYS]`. Volumes are
 * directories; one is there only while somebody has it mounted, and the plugin tells by whom in its status, and how often
 * it was mounted and unmounted. With a specification `NAME.json` for a socket it listens by TLS on loopback, with ca.pem,
 * server.pem and server.key of KEYS, takes only clients whose certificate is of that authority, and writes where it
 * listens into the specification. A volume's option `fault` makes it misbehave: `hang`, `garbage`, `relative`, `nowhere`, `huge`, `die`,
 * `refuse`.
 */
const [socket = "", directory = "", keys = ""] = process.argv.slice(2);

interface Known {
  options: Record<string, string>;
  users: Set<string>;
  mounts: number;
  unmounts: number;
}
const volumes = new Map<string, Known>();

type Body = { Name?: string; ID?: string; Opts?: Record<string, string> | null };

const described = (name: string, { users, mounts, unmounts }: Known) => ({
  Name: name,
  Mountpoint: users.size > 0 ? join(directory, name) : "",
  CreatedAt: "2020-01-02T03:04:05Z",
  Status: { users: [...users], mounts, unmounts },
});

function known(name: string): Known {
  const volume = volumes.get(name);
  if (volume === undefined) throw new Error(`the plugin knows no volume ${name}`);
  return volume;
}

const calls: Record<string, (body: Body) => object | Promise<Response>> = {
  "Plugin.Activate": () => ({ Implements: ["VolumeDriver"] }),
  "VolumeDriver.Capabilities": () => ({ Capabilities: { Scope: "global" } }),
  "VolumeDriver.Create": ({ Name = "", Opts }) => {
    if (Opts?.fault === "create") throw new Error("the store is full");
    volumes.set(Name, { options: Opts ?? {}, users: new Set(), mounts: 0, unmounts: 0 });
    mkdirSync(join(directory, Name), { recursive: true });
    return {};
  },
  "VolumeDriver.Remove": ({ Name = "" }) => {
    if (known(Name).options.fault === "refuse") throw new Error("the volume is wanted");
    volumes.delete(Name);
    rmSync(join(directory, Name), { recursive: true });
    return {};
  },
  "VolumeDriver.Mount": ({ Name = "", ID = "" }) => {
    const volume = known(Name);
    const { options, users } = volume;
    if (options.fault === "hang") return new Promise<Response>(() => {});
    if (options.fault === "garbage") return Promise.resolve(new Response("<html>"));
    if (options.fault === "relative") return { Mountpoint: "some/where" };
    if (options.fault === "nowhere") return { Mountpoint: join(directory, "no", "where") };
    if (options.fault === "huge") return Promise.resolve(new Response("x".repeat(17 * 1024 * 1024)));
    if (options.fault === "die") process.exit(1);
    users.add(ID);
    volume.mounts += 1;
    return { Mountpoint: join(directory, Name) };
  },
  "VolumeDriver.Unmount": ({ Name = "", ID = "" }) => {
    const volume = known(Name);
    volume.users.delete(ID);
    volume.unmounts += 1;
    return {};
  },
  "VolumeDriver.Get": ({ Name = "" }) => ({ Volume: described(Name, known(Name)) }),
  "VolumeDriver.List": () => ({ Volumes: [...volumes].map(([name, volume]) => described(name, volume)) }),
};

async function serve(request: Request): Promise<Response> {
  const call = calls[new URL(request.url).pathname.slice(1)];
  if (call === undefined) return new Response("no such call", { status: 404 });
  try {
    const answer = call((await request.json()) as Body);
    return answer instanceof Promise ? await answer : Response.json(answer);
  } catch (error) {
    return Response.json({ Err: (error as Error).message }, { status: 500 });
  }
}

function serveByTls(): void {
  const [CAFile, cert, key] = ["ca.pem", "server.pem", "server.key"].map((name) => join(keys, name));
  const read = (path = "") => readFileSync(path, "utf8");
  const identity = { ca: read(CAFile), cert: read(cert), key: read(key) };
  const tls = { ...identity, requestCert: true, rejectUnauthorized: true };
  const { port } = Bun.serve({ hostname: "127.0.0.1", port: 0, tls, fetch: serve });
  const client = { CertFile: join(keys, "client.pem"), KeyFile: join(keys, "client.key") };
  const TLSConfig = { InsecureSkipVerify: false, CAFile, ...client };
  writeFileSync(`${socket}.new`, JSON.stringify({ Addr: `https://127.0.0.1:${port}`, TLSConfig }));
  renameSync(`${socket}.new`, socket);
}

if (existsSync(socket)) rmSync(socket);
if (socket.endsWith(".json")) serveByTls();
else Bun.serve({ unix: socket, fetch: serve });
