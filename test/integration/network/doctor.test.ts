import { expect, test } from "bun:test";
import type { NetworkDoctorHop, NetworkDoctorReport } from "../../../src/api/index.ts";
import { running, sleeping, type TestContainer } from "../../support/containers.ts";
import { command } from "../../support/engine.ts";
import { network, type TestNetwork } from "../../support/networks.ts";
import { type Line, must, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
/** What is silent is waited for, for some seconds. */
const PATIENCE = 60_000;

const line: Line = {
  name: "slipway",
  call: (args, options) => fixture.engine.slipway(args, options),
  ok: async (args, options) => must(await fixture.engine.slipway(args, options)).stdout.trim(),
};

let subnets = 10;
/** In a subnet that no other engine has rules for. */
const made = (...flags: string[]) => network(line, "--subnet", `10.92.${subnets++}.0/24`, ...flags);

const server = (net: TestNetwork, ...flags: string[]) =>
  running(line, "exec httpd -f -p 80", "--network", net.name, ...flags);
const client = (net: TestNetwork, ...flags: string[]) => sleeping(line, "--network", net.name, ...flags);

async function diagnose(Container: string, Target: string, more: object = {}): Promise<NetworkDoctorReport> {
  const response = await fixture.engine.fetch("/networks/doctor", {
    method: "POST",
    body: JSON.stringify({ Container, Target, ...more }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as NetworkDoctorReport;
}

/** The hop where the path stops; the report says so and has nothing but skipped hops behind. */
async function stop(Container: string, Target: string, more: object = {}): Promise<NetworkDoctorHop> {
  const report = await diagnose(Container, Target, more);
  expect(report.Ok).toBe(false);
  expect(report.Hops.length).toBe(9);
  const at = report.Hops.findIndex(({ Status }) => Status === "failed");
  expect(report.Hops.slice(at + 1).every(({ Status }) => Status === "skipped")).toBe(true);
  return report.Hops[at]!;
}

/** Runs a program in the container's network, as its administrator could. */
async function inside(container: TestContainer, ...argv: string[]): Promise<string> {
  const pid = await container.inspect("{{.State.Pid}}");
  return must(await command(["nsenter", "-t", pid, "-n", ...argv])).stdout;
}

const hop = (Hop: NetworkDoctorHop["Hop"], Status: NetworkDoctorHop["Status"]) => ({ Hop, Status });

test("a path that is whole, by name, by address, by URL and to itself", async () => {
  await using net = await made();
  await using web = await server(net);
  await using one = await client(net);
  const address = await net.addressOf(web);
  for (const target of [`${web.name}:80`, `${address}:80`, `http://${web.name}/`, address]) {
    const report = await diagnose(one.name, target);
    expect(report).toMatchObject({ Container: one.name, Target: target, Ok: true });
    expect(report.Hops.some(({ Status }) => Status === "failed")).toBe(false);
  }
  const { Hops } = await diagnose(one.name, `${web.name}:80`);
  expect(Hops.map(({ Hop, Status }) => `${Hop} ${Status}`)).toEqual([
    ...["container ok", "link ok", "address ok", "dns ok", "route ok", "gateway skipped", "rule ok"],
    ...["target ok", "port ok"],
  ]);
  expect(Hops[3]?.Detail).toContain(`${web.name} is ${address}`);
  expect(Hops[3]?.Detail).toContain("127.0.0.11");
  expect((await diagnose(web.name, "localhost:80")).Ok).toBe(true);
});

test("the command says where a path stops, and ends accordingly", async () => {
  await using net = await made();
  await using web = await server(net);
  await using one = await client(net);
  expect(await line.ok(["network", "doctor", one.name, `${web.name}:80`])).toEndWith(
    `${one.name} reaches ${web.name}:80.`,
  );
  const result = await line.call(["network", "doctor", one.name, `${web.name}:81`]);
  expect(result.code).toBe(1);
  expect(result.stdout).toContain("it stops at the port.");
});

test("through the gateway to the host, and datagrams", async () => {
  await using net = await made();
  await using one = await client(net);
  const gateway = await one.inspect(
    `{{with index .NetworkSettings.Networks "${net.name}"}}{{.Gateway}}{{end}}`,
  );
  const listener = Bun.listen({ hostname: gateway, port: 0, socket: { data: () => undefined } });
  const echo = await Bun.udpSocket({
    hostname: gateway,
    socket: { data: (socket, bytes, port, address) => void socket.send(bytes, port, address) },
  });
  try {
    const { Hops, Ok } = await diagnose(one.name, `${gateway}:${listener.port}`);
    expect(Ok).toBe(true);
    expect(Hops[7]?.Detail).toContain("the host");
    expect((await diagnose(one.name, `${gateway}:${echo.port}`, { Protocol: "udp" })).Ok).toBe(true);
  } finally {
    listener.stop(true);
    echo.close();
  }
  const closed = await stop(one.name, `${gateway}:${echo.port}`, { Protocol: "udp" });
  expect(closed).toMatchObject(hop("port", "failed"));
});

test("names: unknown ones, those of stopped containers and of other networks", async () => {
  await using net = await made();
  await using other = await made();
  await using far = await server(other);
  await using web = await server(net);
  await using one = await client(net);
  const unknown = await stop(one.name, "nonesuch");
  expect(unknown).toMatchObject(hop("dns", "failed"));
  expect(unknown.Remedy).toContain("check the spelling");
  const apart = await stop(one.name, `${far.name}:80`);
  expect(apart).toMatchObject(hop("dns", "failed"));
  expect(apart.Remedy).toContain(`slipway network connect ${other.name} ${one.name}`);
  await line.ok(["stop", "-t", "0", web.name]);
  const stopped = await stop(one.name, `${web.name}:80`);
  expect(stopped).toMatchObject(hop("dns", "failed"));
  expect(stopped.Remedy).toContain(`slipway start ${web.name}`);
});

test("ports: closed, open on the loopback only, and the host's instead of one's own", async () => {
  await using net = await made();
  await using web = await server(net, "-p", "127.0.0.1:0:80");
  await using local = await running(line, "exec httpd -f -p 127.0.0.1:8080", "--network", net.name);
  await using one = await client(net);
  const closed = await stop(one.name, `${web.name}:81`);
  expect(closed).toMatchObject(hop("port", "failed"));
  expect(closed.Detail).toContain("others wait at 80");
  const loopback = await stop(one.name, `${local.name}:8080`);
  expect(loopback.Detail).toContain("waits at 127.0.0.1 only");
  const hostPort = (await line.ok(["port", web.name, "80"])).split(":").at(-1);
  const host = await stop(one.name, `${web.name}:${hostPort}`);
  expect(host.Remedy).toContain("80/tcp");
});

test(
  "rules: networks apart, internal ones, and containers that may not talk",
  async () => {
    await using net = await made();
    await using other = await made();
    await using inner = await made("--internal");
    await using icc = await made("-o", "com.docker.network.bridge.enable_icc=false");
    await using far = await server(other);
    await using one = await client(net);
    await using locked = await client(inner);
    await using mute = await client(icc);
    await using deaf = await server(icc);
    const apart = await stop(one.name, `${await other.addressOf(far)}:80`);
    expect(apart).toMatchObject(hop("rule", "failed"));
    expect(apart.Detail).toContain("networks are kept apart");
    expect(apart.Remedy).toContain(`slipway network connect ${other.name} ${one.name}`);
    expect(await stop(locked.name, "203.0.113.9:80")).toMatchObject(hop("route", "failed"));
    const silent = await stop(mute.name, `${deaf.name}:80`);
    expect(silent).toMatchObject(hop("rule", "failed"));
    expect(silent.Detail).toContain(`containers on ${icc.name} may not talk to each other`);
  },
  PATIENCE,
);

test(
  "a rule that somebody has made is named, on the host and inside",
  async () => {
    await using net = await made();
    await using web = await server(net);
    await using one = await client(net);
    const rule = ["FORWARD", "-s", await net.addressOf(one), "-d", "203.0.113.0/24", "-j", "DROP"];
    must(await command(["iptables", "-I", ...rule]));
    try {
      const host = await stop(one.name, "203.0.113.9:80");
      expect(host).toMatchObject(hop("rule", "failed"));
      expect(host.Detail).toContain("-d 203.0.113.0/24 -j DROP");
      expect(host.Detail).toContain("on the host");
    } finally {
      must(await command(["iptables", "-D", ...rule]));
    }
    await inside(web, "iptables", "-A", "INPUT", "-p", "tcp", "--dport", "80", "-j", "DROP");
    const own = await stop(one.name, `${web.name}:80`);
    expect(own).toMatchObject(hop("rule", "failed"));
    expect(own.Detail).toContain(`inside ${web.name}: -p tcp -m tcp --dport 80 -j DROP`);
  },
  PATIENCE,
);

test(
  "routes: none, a wrong gateway, and one that throws away",
  async () => {
    await using net = await network(line, "--subnet", "10.92.7.0/24", "--ipv6=false");
    await using one = await client(net);
    await inside(one, "ip", "route", "replace", "default", "via", "10.92.7.250");
    const wrong = await stop(one.name, "203.0.113.9:80");
    expect(wrong).toMatchObject(hop("gateway", "failed"));
    expect(wrong.Remedy).toContain("ip route replace default via 10.92.7.1 dev eth0");
    await inside(one, "ip", "route", "add", "blackhole", "203.0.113.9");
    expect(await stop(one.name, "203.0.113.9:80")).toMatchObject(hop("route", "failed"));
    await inside(one, "ip", "route", "del", "blackhole", "203.0.113.9");
    await inside(one, "ip", "route", "del", "default");
    const none = await stop(one.name, "203.0.113.9:80");
    expect(none.Detail).toContain("the default route through 10.92.7.1 is gone");
    const nobody = await stop(one.name, "10.92.7.99:80");
    expect(nobody).toMatchObject(hop("target", "failed"));
    expect(nobody.Detail).toContain(`no container of ${net.name} has this address`);
  },
  PATIENCE,
);

test("interfaces: down inside, down on the host, out of the bridge, and without their address", async () => {
  await using net = await network(line, "--subnet", "10.92.8.0/24", "--ipv6=false");
  await using web = await server(net);
  await using one = await client(net);
  const number = /^\d+: eth0@if(\d+):/m.exec(await inside(one, "ip", "-o", "link"))?.[1];
  const links = must(await command(["ip", "-o", "link"])).stdout;
  const end = new RegExp(`^${number}: ([^@]+)@`, "m").exec(links)?.[1] ?? "";
  const host = async (...argv: string[]) => must(await command(["ip", "link", "set", end, ...argv]));
  const detail = async () => (await stop(one.name, `${web.name}:80`)).Detail;
  await inside(one, "ip", "link", "set", "eth0", "down");
  expect(await detail()).toBe("eth0 is down inside the container");
  await inside(one, "ip", "link", "set", "eth0", "up");
  await host("down");
  expect(await detail()).toContain(`${end}, the host's end of eth0, is down`);
  await host("up", "nomaster");
  expect(await detail()).toContain("is no port of the bridge");
  await host(
    "master",
    `br-${(await line.ok(["network", "inspect", "-f", "{{.Id}}", net.name])).slice(0, 12)}`,
  );
  const address = await net.addressOf(one);
  await inside(one, "ip", "addr", "del", `${address}/24`, "dev", "eth0");
  expect(await detail()).toContain(`missing: ${address} on eth0`);
});

test("containers that have no network to test: stopped, none, the host's, another's", async () => {
  await using net = await made();
  await using web = await server(net);
  await using none = await sleeping(line, "--network", "none");
  await using host = await sleeping(line, "--network", "host");
  await using sharer = await sleeping(line, "--network", `container:${web.name}`);
  expect((await stop(none.name, "203.0.113.9")).Hop).toBe("route");
  const address = await net.addressOf(web);
  expect((await diagnose(host.name, `${address}:80`)).Ok).toBe(true);
  expect((await diagnose(sharer.name, "localhost:80")).Ok).toBe(true);
  await line.ok(["stop", "-t", "0", sharer.name]);
  const stopped = await stop(sharer.name, address);
  expect(stopped).toMatchObject(hop("container", "failed"));
  expect(stopped.Remedy).toContain(`slipway start ${sharer.name}`);
});

test("bad requests", async () => {
  await using one = await sleeping(line);
  const status = async (body: object) =>
    (await fixture.engine.fetch("/networks/doctor", { method: "POST", body: JSON.stringify(body) })).status;
  expect(await status({ Container: "nonesuch", Target: "db" })).toBe(404);
  expect(await status({ Container: one.name, Target: "a b" })).toBe(400);
  expect(await status({ Container: one.name, Target: "db", Protocol: "sctp" })).toBe(400);
  expect(await status({ Container: one.name })).toBe(400);
  expect(await status({ Target: "db" })).toBe(400);
});
