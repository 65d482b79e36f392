import { expect, test } from "bun:test";
import type { NetworkGraph, NetworkInspect, NetworkRule } from "../../../src/api/index.ts";
import { created, sleeping } from "../../support/containers.ts";
import { network } from "../../support/networks.ts";
import { type Line, must, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

const line: Line = {
  name: "slipway",
  call: (args, options) => fixture.engine.slipway(args, options),
  ok: async (args, options) => must(await fixture.engine.slipway(args, options)).stdout.trim(),
};

async function get<T>(path: string): Promise<T> {
  const response = await fixture.engine.fetch(path);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

const graph = () => get<NetworkGraph>("/networks/graph");

test("networks with what they allow", async () => {
  await using inner = await network(line, "--internal", "--subnet", "10.91.1.0/24", "--ipv6=false");
  await using apart = await network(
    line,
    ...["-o", "com.docker.network.bridge.enable_icc=false", "--subnet", "10.91.2.0/24", "--ipv6=false"],
  );
  const { Networks } = await graph();
  const of = (name: string) => Networks.find(({ Name }) => Name === name);
  expect(of(inner.name)).toMatchObject({
    ...{ Driver: "bridge", Subnets: ["10.91.1.0/24"], Internal: true, InterContainer: true, Outbound: false },
  });
  expect(of(apart.name)).toMatchObject({
    ...{ Subnets: ["10.91.2.0/24"], Internal: false, InterContainer: false, Outbound: true },
  });
  expect(of("bridge")).toMatchObject({ Driver: "bridge", InterContainer: true, Outbound: true });
  expect(of("host")).toMatchObject({ Driver: "host", Outbound: true });
  expect(of("none")).toMatchObject({ Driver: "null", InterContainer: false, Outbound: false });
});

test("containers with their addresses, ways out, ports and modes", async () => {
  await using one = await network(line, "--subnet", "10.91.3.0/24", "--ipv6=false");
  await using two = await network(line, "--subnet", "10.91.4.0/24", "--ipv6=false");
  await using web = await sleeping(
    line,
    ...["--network", `name=${one.name},ip=10.91.3.9,alias=www`],
    ...["--network", `name=${two.name},ip=10.91.4.9,gw-priority=1`],
    ...["-p", "127.0.0.1::80", "-p", "0.0.0.0::81/udp"],
  );
  await using stopped = await created(line, "true", "--network", one.name);
  await using sharer = await sleeping(line, "--network", `container:${web.name}`);
  await using host = await sleeping(line, "--network", "host");
  const { Containers } = await graph();
  const of = ({ name }: { name: string }) => Containers.find(({ Name }) => Name === name);
  const end = { IPv6: "", Aliases: [], Gateway: false };
  expect(of(web)).toMatchObject({
    Running: true,
    Endpoints: [
      { ...end, Network: one.name, IPv4: "10.91.3.9", Aliases: ["www"] },
      { ...end, Network: two.name, IPv4: "10.91.4.9", Gateway: true },
    ],
  });
  const ports = of(web)?.Ports.map(({ HostPort, ...port }) => ({ ...port, chosen: HostPort > 0 }));
  expect(ports?.toSorted((a, b) => a.ContainerPort - b.ContainerPort)).toEqual([
    { HostIp: "127.0.0.1", ContainerPort: 80, Protocol: "tcp", External: false, chosen: true },
    { HostIp: "0.0.0.0", ContainerPort: 81, Protocol: "udp", External: true, chosen: true },
  ]);
  const asked = [{ ...end, Network: one.name, IPv4: "" }];
  expect(of(stopped)).toMatchObject({ Running: false, Endpoints: asked, Ports: [] });
  expect(of(sharer)).toMatchObject({ Mode: `container:${web.name}`, Endpoints: [] });
  expect(of(host)).toMatchObject({ Mode: "host", Running: true });
});

test("the command draws it", async () => {
  await using net = await network(line);
  await using web = await sleeping(line, "--network", net.name, "-p", "127.0.0.1::80");
  const text = await line.ok(["network", "graph", net.name]);
  expect(text).toContain(`─ ${net.name} ─`);
  expect(text).toContain(`● ${web.name}`);
  expect(text).toContain("from this host");
  expect(text).toContain(`${web.name} ──▶ outside`);
  expect(await line.ok(["network", "graph", "--format", "svg"])).toContain(`>${web.name}</text>`);
  expect(await line.ok(["network", "graph", "--format", "dot"])).toStartWith("digraph networks {");
});

test("a network called graph is inspected, and the graph drawn all the same", async () => {
  await line.ok(["network", "create", "graph"]);
  try {
    expect((await get<NetworkInspect>("/networks/graph")).Name).toBe("graph");
    const named = ["network", "inspect", "-f", "{{.Name}}", "graph"];
    expect(must(await fixture.engine.docker(named)).stdout.trim()).toBe("graph");
    expect(await line.ok(named)).toBe("graph");
    expect(await line.ok(["network", "graph"])).toContain("─ graph ─");
  } finally {
    await line.ok(["network", "rm", "graph"]);
  }
});

test("rules with counters, where they are asked for", async () => {
  await using net = await network(line, "--subnet", "10.91.5.0/24", "--ipv6=false");
  const name = uniqueName();
  const request = "ping -c1 -W1 192.0.2.254; true";
  await line.ok(["run", "--rm", "--name", name, "--network", net.name, "busybox", "sh", "-c", request]);
  const inspect = (query: string) =>
    get<NetworkInspect & { Rules?: NetworkRule[] }>(`/networks/${net.name}${query}`);
  expect((await inspect("")).Rules).toBeUndefined();
  const { Rules = [], Id } = await inspect("?verbose=true");
  const source = Rules.find(({ Rule }) => Rule.includes("10.91.5.0/24") && Rule.includes("MASQUERADE"));
  expect(source).toMatchObject({ Packets: expect.any(Number), Bytes: expect.any(Number) });
  expect(Rules.some(({ Rule }) => Rule.includes(`br-${Id.slice(0, 12)}`))).toBe(true);
  const counted = Rules.filter(({ Packets, Bytes }) => Packets > 0 && Bytes > 0);
  expect(counted.length).toBeGreaterThan(0);
  const [shown] = JSON.parse(await line.ok(["network", "inspect", "--verbose", net.name]));
  expect(shown.Rules.length).toBe(Rules.length);
});
