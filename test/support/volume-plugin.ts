import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * A volume plugin of Docker's protocol, as a process of its own: `bun volume-plugin.ts SOCKET DIRECTORY`. Volumes are
 * directories; one is there only while somebody has it mounted, and the plugin tells by whom in its status. A volume's
 * option `fault` makes it misbehave: `hang`, `garbage`, `relative`, `nowhere`, `huge`, `die`,
 * `refuse`.
 */
const [socket = "", directory = ""] = process.argv.slice(2);

interface Known {
  options: Record<string, string>;
  users: Set<string>;
}
const volumes = new Map<string, Known>();

type Body = { Name?: string; ID?: string; Opts?: Record<string, string> | null };

const described = (name: string, { users }: Known) => ({
  Name: name,
  Mountpoint: users.size > 0 ? join(directory, name) : "",
  CreatedAt: "2020-01-02T03:04:05Z",
  Status: { users: [...users] },
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
    volumes.set(Name, { options: Opts ?? {}, users: new Set() });
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
    const { options, users } = known(Name);
    if (options.fault === "hang") return new Promise<Response>(() => {});
    if (options.fault === "garbage") return Promise.resolve(new Response("<html>"));
    if (options.fault === "relative") return { Mountpoint: "some/where" };
    if (options.fault === "nowhere") return { Mountpoint: join(directory, "no", "where") };
    if (options.fault === "huge") return Promise.resolve(new Response("x".repeat(17 * 1024 * 1024)));
    if (options.fault === "die") process.exit(1);
    users.add(ID);
    return { Mountpoint: join(directory, Name) };
  },
  "VolumeDriver.Unmount": ({ Name = "", ID = "" }) => {
    known(Name).users.delete(ID);
    return {};
  },
  "VolumeDriver.Get": ({ Name = "" }) => ({ Volume: described(Name, known(Name)) }),
  "VolumeDriver.List": () => ({ Volumes: [...volumes].map(([name, volume]) => described(name, volume)) }),
};

if (existsSync(socket)) rmSync(socket);
Bun.serve({
  unix: socket,
  async fetch(request) {
    const call = calls[new URL(request.url).pathname.slice(1)];
    if (call === undefined) return new Response("no such call", { status: 404 });
    try {
      const answer = call((await request.json()) as Body);
      return answer instanceof Promise ? await answer : Response.json(answer);
    } catch (error) {
      return Response.json({ Err: (error as Error).message }, { status: 500 });
    }
  },
});
