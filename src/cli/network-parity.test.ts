/* What the docker CLI asks an engine for about networks and ports, and what it shows of the answers, we ask and show too. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const directory = mkdtempSync(join(tmpdir(), "cli-network-parity-"));
const socket = join(directory, "engine.sock");
let received: string[] = [];
let server: ReturnType<typeof Bun.serve>;

const network = (Name: string, more = {}) => ({
  ...{
    Name,
    Id: Bun.hash(Name).toString(16).padStart(16, "0").repeat(4),
    Created: "2024-05-01T08:00:00.25Z",
  },
  ...{ Scope: "local", Driver: "bridge", EnableIPv4: true, EnableIPv6: false, Internal: false },
  ...{ Attachable: false, Ingress: false, ConfigOnly: false, ConfigFrom: { Network: "" } },
  IPAM: { Driver: "default", Options: null, Config: [{ Subnet: "10.0.0.0/24", Gateway: "10.0.0.1" }] },
  ...{ Containers: {}, Options: {}, Labels: {}, ...more },
});

const networks = [
  network("net10", { Labels: { a: "1" }, EnableIPv6: true }),
  network("net2", { Driver: "macvlan", Internal: true }),
  network("host", { Driver: "host" }),
  network("mesh", { Driver: "overlay", Scope: "swarm", Ingress: true }),
];

const range = (IP: string, first: number, last: number, shift = 0, Type = "tcp") =>
  Array.from({ length: last - first + 1 }, (_, index) => ({
    ...{ IP, PrivatePort: first + index, PublicPort: first + index + shift, Type },
  }));

const containers = [
  {
    ...{ Id: "c".repeat(64), Names: ["/web"], Image: "app", ImageID: `sha256:${"1".repeat(64)}` },
    ...{ Command: "serve", Created: 1_700_000_000, State: "running", Status: "Up 2 hours", Labels: {} },
    Ports: [
      ...range("::", 90, 93),
      ...range("0.0.0.0", 90, 93),
      ...range("0.0.0.0", 80, 81, 8000),
      ...range("127.0.0.1", 53, 53, 0, "udp"),
      { PrivatePort: 443, Type: "tcp" },
      { PrivatePort: 444, Type: "tcp" },
    ],
    HostConfig: { NetworkMode: "net10" },
    NetworkSettings: { Networks: { net10: {} } },
    Mounts: [],
  },
];

const ports = {
  "80/tcp": [
    { HostIp: "0.0.0.0", HostPort: "8080" },
    { HostIp: "::", HostPort: "8080" },
  ],
  "443/tcp": null,
  "53/udp": [{ HostIp: "127.0.0.1", HostPort: "5353" }],
};

function answer(method: string, path: string): Response {
  const headers = { "Api-Version": "1.51", Ostype: "linux", "Content-Type": "application/json" };
  const json = (value: unknown, status = 200) => Response.json(value, { status, headers });
  if (path === "/_ping") return new Response("OK", { headers });
  if (path === "/networks") return json(networks);
  if (path === "/networks/prune") return json({ NetworksDeleted: ["net2", "net10"] });
  if (path === "/containers/json") return json(containers);
  if (path === "/containers/add/json") return json({ Id: "c".repeat(64), NetworkSettings: { Ports: ports } });
  const found = networks.find(({ Name }) => path === `/networks/${Name}`);
  if (found === undefined) return json({ message: `network ${path.slice(10)} not found` }, 404);
  if (method === "GET") return json(found);
  return found.Name === "host"
    ? json({ message: "host is a pre-defined network and cannot be removed" }, 403)
    : new Response(null, { status: 204, headers });
}

beforeAll(() => {
  server = Bun.serve({
    unix: socket,
    fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      const path = pathname.replace(/^\/v1\.\d+/, "");
      const filters = Object.entries(JSON.parse(searchParams.get("filters") ?? "{}"));
      // Names and values, whether they come as a list or as a set.
      const asked = filters.map(([name, one]) =>
        [name, Array.isArray(one) ? one : Object.keys(one as object)].join(),
      );
      const verbose = searchParams.get("verbose") ? ["verbose"] : [];
      if (path !== "/_ping") received.push([request.method, path, ...asked.sort(), ...verbose].join(" "));
      return answer(request.method, path);
    },
  });
});

afterAll(async () => {
  await server.stop(true);
  rmSync(directory, { recursive: true });
});

async function run(program: string[], args: string[], input: string) {
  received = [];
  const host = `unix://${socket}`;
  const child = Bun.spawn([...program, ...args], {
    cwd: directory,
    env: { ...process.env, DOCKER_HOST: host, SLIPWAY_HOST: host, DOCKER_CONFIG: directory, TZ: "UTC" },
    stdio: [Buffer.from(input), "pipe", "pipe"],
  });
  const [stdout, stderr, status] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { status, stdout, stderr: stderr.replaceAll("slipway", "docker"), requests: received };
}

const ours = [process.execPath, join(import.meta.dir, "..", "main.ts")];

const lines: [line: string, input?: string][] = [
  ["network ls"],
  ["network list --no-trunc"],
  ["network ls -q"],
  ["network ls -f driver=bridge --filter name=net --filter name=x --filter label=a=1"],
  ["network ls --format json"],
  ["network ls --format {{.ID}}/{{.Name}}/{{.IPv4}}/{{.IPv6}}/{{.Internal}}/{{.Labels}}/{{.CreatedAt}}"],
  ['network ls --format table\t{{.Name}}\t{{.Label\t"a"}}'],
  ["network inspect net10 host"],
  ["network inspect -f {{.Name}}:{{len\t.IPAM.Config}} net2"],
  ["network inspect nonesuch net2 -f {{.Name}}"],
  ["network rm net2 nonesuch net10 host"],
  ["network remove -f nonesuch net2"],
  ["network rm mesh", "y\n"],
  ["network rm mesh net2", "n\n"],
  ["network prune -f --filter until=24h --filter label!=keep"],
  ["network prune", "y\n"],
  ["network prune", "n\n"],
  ["network prune", ""],
  ["network rm"],
  ["network create"],
  ["network create a b"],
  ["network connect a"],
  ["network disconnect"],
  ["network connect --gw-priority x a b"],
  ["network connect --driver-opt x a b"],
  ["network create --subnet 10.0.0.0/8 --subnet 10.1.0.0/16 x"],
  ["network create --subnet 10.0.0.0/8 --gateway 11.0.0.1 x"],
  ["network create --label =x x"],
  ["network create --ipv4=maybe x"],
  ["network nonesuch"],
  ["ps"],
  ["ps --no-trunc --format {{.Ports}}"],
  ["port add"],
  ["port add 80"],
  ["container port add 53/udp"],
  ["port add 443"],
  ["port add 53"],
  ["port web"],
  ["create --network name=a,mac-address=zz busybox"],
  ["create --network name=a,foo=bar busybox"],
  ["create --network name=a,gw-priority=x busybox"],
  ["create --network name=a,driver-opt=x busybox"],
  ["create --network alias=x busybox"],
  ["create --network= busybox"],
  ["create --network a --network a busybox"],
  ["create --network a --network host busybox"],
  ["create --network bridge --network-alias x busybox"],
  ["create --network name=a,ip=1.2.3.4 --ip 1.2.3.5 busybox"],
  ["create --network name=a,alias=x --network-alias y busybox"],
  ["create --network name=a,link-local-ip=169.254.1.1 --link-local-ip 169.254.1.2 busybox"],
  ["create -p 70000:80 busybox"],
  ["create -p 1.2.3:80:80 busybox"],
  ["create -p 8000-8001:80-82 busybox"],
  ["run --network a --network host busybox"],
];

test.each(lines.map(([line, input = ""]) => [line, input] as const))("%s, told %j", async (line, input) => {
  const args = line.split(" ").map((word) => word.replaceAll("\t", " "));
  expect(await run(ours, args, input)).toEqual(await run(["docker"], args, input));
});
