/* Networks through clients that are not ours: dockerode, and the docker command line beside slipway's. */
import { describe, expect, test } from "bun:test";
import Docker from "dockerode";
import { sleeping } from "../support/containers.ts";
import { command, until } from "../support/engine.ts";
import { throughBoth, uniqueName, withEngine } from "../support/suite.ts";

const fixture = withEngine();
const docker = () => new Docker({ socketPath: fixture.engine.socket });

/** The status of a call that is refused. */
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => "not refused",
    (error: { statusCode: number }) => error.statusCode,
  );

/** Subnets of a test's own, apart from those of engines. */
let subnets = 0;
const subnet = () => `10.${100 + (process.pid % 20)}.${subnets++}`;

describe("dockerode", () => {
  test("creates, lists, inspects and removes a network", async () => {
    const [name, net] = [uniqueName("n"), subnet()];
    const network = await docker().createNetwork({
      Name: name,
      Driver: "bridge",
      CheckDuplicate: true,
      EnableIPv6: false,
      IPAM: { Driver: "default", Config: [{ Subnet: `${net}.0/24`, Gateway: `${net}.254` }] },
      Labels: { made: name },
      Options: { "com.docker.network.bridge.enable_icc": "true" },
    });
    expect(network.id).toMatch(/^[0-9a-f]{64}$/);
    const found = await docker().listNetworks({ filters: { label: [`made=${name}`] } });
    expect(found.map(({ Id }) => Id)).toEqual([network.id]);
    expect(await network.inspect()).toMatchObject({
      ...{ Name: name, Id: network.id, Driver: "bridge", Scope: "local", Internal: false, Attachable: false },
      ...{ Containers: {}, Labels: { made: name }, ConfigOnly: false, Ingress: false },
      IPAM: { Driver: "default", Config: [{ Subnet: `${net}.0/24`, Gateway: `${net}.254` }] },
    });
    expect(await refusal(docker().createNetwork({ Name: name }))).toBe(409);
    await network.remove();
    expect(await refusal(network.inspect())).toBe(404);
    expect(await refusal(network.remove())).toBe(404);
    expect(await refusal(docker().getNetwork("bridge").remove())).toBe(403);
  });

  test("connects and disconnects a running container", async () => {
    const net = subnet();
    const network = await docker().createNetwork({
      Name: uniqueName("n"),
      IPAM: { Config: [{ Subnet: `${net}.0/24` }] },
    });
    const container = await docker().createContainer({ Image: "busybox", Cmd: ["sleep", "1000"] });
    await container.start();
    await network.connect({
      Container: container.id,
      EndpointConfig: { Aliases: ["db"], IPAMConfig: { IPv4Address: `${net}.77` } },
    });
    const { Name } = (await network.inspect()) as { Name: string };
    const ends = (await container.inspect()).NetworkSettings.Networks;
    expect(ends[Name]).toMatchObject({ NetworkID: network.id, IPAddress: `${net}.77`, IPPrefixLen: 24 });
    expect(ends[Name]?.Aliases).toContain("db");
    const { Containers } = (await network.inspect()) as {
      Containers: Record<string, { IPv4Address: string }>;
    };
    expect(Containers[container.id]?.IPv4Address).toBe(`${net}.77/24`);
    expect(await refusal(network.connect({ Container: container.id }))).toBe(403);
    expect(await refusal(network.remove())).toBe(403);
    await network.disconnect({ Container: container.id, Force: false });
    expect(Object.keys((await container.inspect()).NetworkSettings.Networks)).toEqual(["bridge"]);
    await container.remove({ force: true });
    await network.remove();
  });

  test("creates a container on a network, and prunes the network afterwards", async () => {
    const label = uniqueName("l");
    const name = uniqueName("n");
    const network = await docker().createNetwork({ Name: name, Labels: { [label]: "" } });
    const container = await docker().createContainer({
      ...{ Image: "busybox", Cmd: ["sleep", "1000"] },
      HostConfig: { NetworkMode: name },
      NetworkingConfig: { EndpointsConfig: { [name]: { Aliases: ["web"] } } },
    });
    await container.start();
    const prune = async () =>
      (
        (await docker().pruneNetworks({ filters: { label: [label] } })) as {
          NetworksDeleted: string[] | null;
        }
      ).NetworksDeleted;
    expect(await prune()).toBeNull();
    await container.remove({ force: true });
    expect(await prune()).toEqual([name]);
    expect(await refusal(network.inspect())).toBe(404);
  });
});

throughBoth("network commands", fixture, (line) => {
  const { call, ok } = line;

  test("make and remove networks, by either name of the verb", async () => {
    const [one, two] = [uniqueName("n"), uniqueName("n")];
    const net = subnet();
    const id = await ok(["network", "create", "--subnet", `${net}.0/24`, "--ip-range", `${net}.64/26`, one]);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    await ok(["network", "create", "--internal", "--label", "a=b", two]);
    const shown = await ok([
      "network",
      "ls",
      "--no-trunc",
      "--format",
      "{{.ID}} {{.Name}} {{.Driver}} {{.Internal}}",
    ]);
    expect(shown.split("\n")).toContain(`${id} ${one} bridge false`);
    expect(await ok(["network", "ls", "-q", "--filter", `name=^${one}$`])).toBe(id.slice(0, 12));
    expect(await ok(["network", "inspect", "-f", "{{(index .IPAM.Config 0).IPRange}}", one])).toBe(
      `${net}.64/26`,
    );
    expect(await ok(["network", "remove", one])).toBe(one);
    const again = await call(["network", "rm", one, two, "bridge"]);
    expect(again).toMatchObject({ code: 1, stdout: `${two}\n` });
    expect(again.stderr).toContain(`network ${one} not found`);
    expect(again.stderr).toEndWith("exit status 1\n");
    expect(await call(["network", "rm", "-f", one])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("connect containers, which then know each other's names and aliases", async () => {
    const name = uniqueName("n");
    const net = subnet();
    await ok(["network", "create", "--subnet", `${net}.0/24`, name]);
    {
      await using one = await sleeping(line, "--network", `name=${name},alias=first`);
      await using two = await sleeping(line);
      const options = ["--ip", `${net}.200`, "--alias", "second,deux"];
      await ok(["network", "connect", ...options, name, two.name]);
      expect(await two.inspect(`{{(index .NetworkSettings.Networks "${name}").IPAddress}}`)).toBe(
        `${net}.200`,
      );
      for (const [from, to] of [
        [one, "second"],
        [one, "deux"],
        [one, two.name],
        [two, "first"],
      ] as const) {
        const reached = await from.exec(`ping -c1 -W2 ${to}`);
        expect(reached).toMatchObject({ code: 0 });
      }
      const used = await call(["network", "rm", name]);
      expect(used.code).toBe(1);
      expect(used.stderr).toContain("has active endpoints");
      await ok(["network", "disconnect", name, two.name]);
      expect((await one.exec("ping -c1 -W1 second")).code).not.toBe(0);
    }
    expect(await ok(["network", "rm", name])).toBe(name);
  });

  test("create a container on several networks, with an address and a MAC of its own", async () => {
    const names = [uniqueName("n"), uniqueName("n")];
    const net = subnet();
    await ok(["network", "create", "--subnet", `${net}.0/24`, names[0]!]);
    await ok(["network", "create", names[1]!]);
    {
      await using container = await sleeping(
        line,
        ...["--network", `name=${names[0]},ip=${net}.9,mac-address=02:42:00:00:00:99,gw-priority=1`],
        ...["--network", `name=${names[1]},alias=x`],
      );
      const end = `(index .NetworkSettings.Networks "${names[0]}")`;
      expect(await container.inspect(`{{${end}.IPAddress}} {{${end}.MacAddress}}`)).toBe(
        `${net}.9 02:42:00:00:00:99`,
      );
      expect(
        (await container.exec("ls /sys/class/net")).stdout.split("\n").filter((it) => it !== ""),
      ).toEqual(["eth0", "eth1", "lo"]);
      expect((await container.exec("ip route")).stdout).toContain(`default via ${net}.1`);
    }
    for (const name of names) await ok(["network", "rm", name]);
  });

  test("ask before a prune, and leave what is used", async () => {
    const [used, unused] = [uniqueName("n"), uniqueName("n")];
    const label = uniqueName("l");
    for (const name of [used, unused]) await ok(["network", "create", "--label", label, name]);
    const filter = ["--filter", `label=${label}`];
    {
      await using _container = await sleeping(line, "--network", used);
      const refused = await call(["network", "prune", ...filter], { stdin: "n\n" });
      expect(refused.code).toBe(0);
      expect(refused.stdout).toContain("all custom networks not used by at least one container");
      expect(await ok(["network", "ls", "-q", ...filter])).toMatch(/\n/);
      expect(await ok(["network", "prune", "-f", ...filter])).toBe(`Deleted Networks:\n${unused}`);
    }
    expect(await ok(["network", "prune", "-f", ...filter])).toBe(`Deleted Networks:\n${used}`);
  });

  test("answer for a swarm as an engine that is none", async () => {
    const name = uniqueName("n");
    for (const [reason, ...flags] of [
      ["global scope", "--ingress"],
      ["swarm", "--scope", "swarm"],
      ["swarm", "-d", "overlay"],
    ] as const) {
      const { code, stderr } = await call(["network", "create", ...flags, name]);
      expect({ flags, code }).toEqual({ flags, code: 1 });
      expect(stderr).toContain(reason);
    }
    expect(await ok(["network", "ls", "-q", "--filter", `name=${name}`])).toBe("");
  });
});

describe("ports of a running container", () => {
  const slipway = async (...args: string[]) => {
    const result = await fixture.engine.slipway(args);
    expect({ args, ...result }).toMatchObject({ code: 0 });
    return result.stdout;
  };
  const ports = async (name: string) => (await fixture.engine.docker(["port", name])).stdout;

  test("are added and taken back by slipway, and docker sees it", async () => {
    const name = uniqueName();
    const serve = "while :; do echo words | nc -l -p 80; done";
    await slipway("run", "-d", "--name", name, "busybox", "sh", "-c", serve);
    const added = await slipway("port", "add", name, "127.0.0.1::80");
    const [, port = ""] = /^80\/tcp -> 127\.0\.0\.1:(\d+)$/m.exec(added) ?? [];
    expect(await ports(name)).toBe(`80/tcp -> 127.0.0.1:${port}\n`);
    await until("the port answers", async () => {
      return (await command(["busybox", "nc", "-w", "2", "127.0.0.1", port])).stdout === "words\n";
    });
    expect(await slipway("ps", "--filter", `name=${name}`, "--format", "{{.Exposure}} {{.Ports}}")).toBe(
      `local 127.0.0.1:${port}->80/tcp\n`,
    );
    await slipway("update", "--publish-rm", `${port}:80`, "--publish-add", "127.0.0.1::81", name);
    expect(await ports(name)).toMatch(/^81\/tcp -> 127\.0\.0\.1:\d+\n$/);
    await slipway("port", "rm", name, "81");
    expect(await ports(name)).toBe("");
    const missing = await fixture.engine.slipway(["port", "rm", name, "81"]);
    expect(missing).toMatchObject({ code: 1 });
    await slipway("rm", "-f", name);
  });

  test("of a container that is called add are docker's question", async () => {
    await slipway("run", "-d", "--name", "add", "-p", "127.0.0.1::80", "busybox", "sleep", "1000");
    expect(await slipway("port", "add")).toMatch(/^80\/tcp -> 127\.0\.0\.1:\d+\n$/);
    expect(await slipway("port", "add", "80")).toMatch(/^127\.0\.0\.1:\d+\n$/);
    await slipway("port", "add", "add", "127.0.0.1::81");
    expect(await slipway("port", "add", "81/tcp")).toMatch(/^127\.0\.0\.1:\d+\n$/);
    await slipway("rm", "-f", "add");
  });
});
