import { expect, test } from "bun:test";
import type { NetworkInspect } from "../../../src/api/index.ts";
import { sleeping } from "../../support/containers.ts";
import { command } from "../../support/engine.ts";
import { network } from "../../support/networks.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("user networks:", fixture, (line) => {
  const { call, ok } = line;
  const inspect = async (name: string) =>
    JSON.parse(await ok(["network", "inspect", name]))[0] as NetworkInspect;
  const failure = async (...args: string[]) => {
    const result = await call(args);
    expect(result.code).toBe(1);
    return result.stderr;
  };

  test("create answers an id; ls, inspect and rm know the network by name, id and beginning of the id", async () => {
    const name = uniqueName("n");
    const id = await ok(["network", "create", "--label", "a=b", name]);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await ok(["network", "ls", "-q", "--no-trunc", "--filter", `name=^${name}$`])).toBe(id);
    for (const ref of [name, id, id.slice(0, 8)]) expect((await inspect(ref)).Id).toBe(id);
    expect(await inspect(name)).toMatchObject({ Driver: "bridge", Scope: "local", Labels: { a: "b" } });
    expect((await command(["ip", "link", "show", `br-${id.slice(0, 12)}`])).code).toBe(0);
    expect(await ok(["network", "rm", id.slice(0, 10)])).toBe(id.slice(0, 10));
    expect((await command(["ip", "link", "show", `br-${id.slice(0, 12)}`])).code).not.toBe(0);
    expect(await failure("network", "inspect", name)).toContain(`network ${name} not found`);
  });

  test("subnet, range, gateway and auxiliary addresses are what was asked for", async () => {
    await using net = await network(
      line,
      ...["--subnet", "10.77.0.0/16", "--ip-range", "10.77.5.0/24", "--gateway", "10.77.5.254"],
      ...["--aux-address", "router=10.77.5.1", "--ipv6=false"],
    );
    expect((await inspect(net.name)).IPAM.Config).toEqual([
      {
        Subnet: "10.77.0.0/16",
        IPRange: "10.77.5.0/24",
        Gateway: "10.77.5.254",
        AuxiliaryAddresses: { router: "10.77.5.1" },
      },
    ]);
    await using container = await sleeping(line, "--network", net.name);
    const address = await net.addressOf(container);
    expect(address).toMatch(/^10\.77\.5\.\d+$/);
    expect(address).not.toBe("10.77.5.1");
    expect((await container.exec("ip route")).stdout).toContain("default via 10.77.5.254 dev eth0");
  });

  test("driver options make the bridge", async () => {
    const bridge = `swo${process.pid % 10_000}${line.name[0]}`;
    await using net = await network(
      line,
      ...["-o", `com.docker.network.bridge.name=${bridge}`, "-o", "com.docker.network.driver.mtu=1400"],
      ...["-o", "com.docker.network.container_iface_prefix=net", "-o", "com.docker.made.up=kept"],
    );
    const links = JSON.parse((await command(["ip", "-j", "link", "show", bridge])).stdout);
    expect(links[0]).toMatchObject({ ifname: bridge, mtu: 1400 });
    await using container = await sleeping(line, "--network", net.name);
    expect((await container.exec("cat /sys/class/net/net0/mtu")).stdout).toBe("1400\n");
    expect((await inspect(net.name)).Options["com.docker.made.up"]).toBe("kept");
  });

  test("an internal network leads nowhere", async () => {
    await using net = await network(line, "--internal");
    await using one = await sleeping(line, "--network", net.name);
    await using two = await sleeping(line, "--network", net.name);
    expect((await one.exec("ip route")).stdout).not.toContain("default");
    expect((await one.exec(`ping -c1 -W2 ${two.name}`)).code).toBe(0);
    expect((await inspect(net.name)).Internal).toBe(true);
  });

  test("settings that others are made from", async () => {
    await using config = await network(line, "--config-only", "--subnet", "10.78.0.0/24", "--label", "x=y");
    await using net = await network(line, "--config-from", config.name, "--attachable");
    expect(await inspect(net.name)).toMatchObject({
      ConfigFrom: { Network: config.name },
      Labels: { x: "y" },
      IPAM: { Config: [{ Subnet: "10.78.0.0/24", Gateway: "10.78.0.1" }] },
      Attachable: true,
    });
    expect(await inspect(config.name)).toMatchObject({ ConfigOnly: true, Driver: "null" });
    expect(await failure("network", "rm", config.name)).toContain(
      `configuration network "${config.name}" is in use`,
    );
    expect(await failure("network", "create", "--config-from", "nonesuch", uniqueName("n"))).toContain(
      'configuration network "nonesuch" does not exist',
    );
  });

  test("what cannot be is refused in Docker's words", async () => {
    await using net = await network(line, "--subnet", "10.79.0.0/24");
    const create = (...args: string[]) => failure("network", "create", ...args);
    expect(await create(net.name)).toContain(`network with name ${net.name} already exists`);
    expect(await create("bridge")).toContain("operation is not permitted on predefined bridge network");
    expect(await create("-d", "host", "x1")).toContain('only one instance of "host" network is allowed');
    expect(await create("-d", "null", "x1")).toContain('only one instance of "null" network is allowed');
    expect(await create("-d", "nonesuch", "x1")).toContain("plugin not found");
    const overlap = await create("--subnet", "10.79.0.128/25", "x1");
    expect(overlap).toContain("Pool overlaps with other one on this address space");
    expect(overlap).toContain(net.name);
    expect(await create("--subnet", "10.80.0.1/24", "x1")).toContain(
      "invalid subnet 10.80.0.1/24: it should be 10.80.0.0/24",
    );
    expect(await create("--subnet", "10.80.0.0/24", "--gateway", "10.81.0.1", "x1")).toContain("10.81.0.1");
    expect(await create("-o", "com.docker.network.bridge.enable_icc=perhaps", "x1")).toContain(
      "failed to parse com.docker.network.bridge.enable_icc value: perhaps",
    );
    expect(await create("-d", "macvlan", "-o", "macvlan_mode=odd", "x1")).toContain(
      "requested macvlan mode 'odd' is not valid",
    );
    const same = await create("-o", `com.docker.network.bridge.name=${fixture.engine.bridge}`, "x1");
    expect(same).toContain(fixture.engine.bridge);
    expect(await ok(["network", "ls", "-q", "--filter", "name=x1"])).toBe("");
  });

  test("what is in use or always there is not removed", async () => {
    await using net = await network(line);
    await using container = await sleeping(line, "--network", net.name);
    expect(await failure("network", "rm", net.name)).toContain(
      `network ${net.name} has active endpoints (name:"${container.name}" id:"`,
    );
    expect(await failure("network", "rm", "bridge")).toContain(
      "bridge is a pre-defined network and cannot be removed",
    );
    expect(await failure("network", "rm", "nonesuch")).toContain("network nonesuch not found");
  });

  test("prune removes what no running container is on, and heeds its filters", async () => {
    await using used = await network(line, "--label", "batch=1");
    await using _container = await sleeping(line, "--network", used.name);
    await using unused = await network(line, "--label", "batch=1");
    await using other = await network(line, "--label", "batch=2");
    const old = await ok(["network", "prune", "-f", "--filter", "until=1h"]);
    expect(old).not.toContain(unused.name);
    const pruned = await ok(["network", "prune", "-f", "--filter", "label=batch=1"]);
    expect(pruned).toContain(unused.name);
    expect(pruned).not.toContain(used.name);
    const names = (await ok(["network", "ls", "--format", "{{.Name}}"])).split("\n");
    expect(names).toEqual(expect.arrayContaining([used.name, other.name, "bridge"]));
    expect(names).not.toContain(unused.name);
  });

  test("ls filters", async () => {
    await using net = await network(line, "--label", `own=${line.name}`);
    await using container = await sleeping(line, "--network", net.name);
    const ls = async (filter: string) =>
      (await ok(["network", "ls", "--format", "{{.Name}}", "--filter", filter])).split("\n");
    expect(await ls(`label=own=${line.name}`)).toEqual([net.name]);
    expect(await ls("type=custom")).toContain(net.name);
    expect((await ls("type=builtin")).sort()).toEqual(["bridge", "host", "none"]);
    expect(await ls("dangling=true")).not.toContain(net.name);
    expect(await ls("dangling=false")).toContain(net.name);
    expect(await ls("driver=host")).toEqual(["host"]);
    const [members] = [Object.values((await inspect(net.name)).Containers)];
    expect(members.map(({ Name }) => Name)).toEqual([container.name]);
  });

  test("a subnet that the host has a route to is refused, and who has it is told", async () => {
    const bridge = `swr${process.pid % 10_000}${line.name[0]}`;
    must(await command(["ip", "link", "add", bridge, "type", "bridge"]));
    try {
      for (const args of ["link set DEV up", "addr add 10.94.0.1/24 dev DEV"])
        must(await command(["ip", ...args.replace("DEV", bridge).split(" ")]));
      const clash = await failure("network", "create", "--subnet", "10.94.0.128/25", uniqueName("n"));
      expect(clash).toContain("Pool overlaps with other one on this address space");
      expect(clash).toContain(`10.94.0.0/24 dev ${bridge}`);
      // That route is the network's own where it takes the bridge itself.
      const own = ["--ipv6=false", "-o", `com.docker.network.bridge.name=${bridge}`];
      await using net = await network(line, "--subnet", "10.94.0.0/24", ...own);
      await using container = await sleeping(line, "--network", net.name);
      expect((await container.exec("ping -c1 -W2 10.94.0.1")).code).toBe(0);
    } finally {
      await command(["ip", "link", "delete", bridge]);
    }
  });

  test("a router on the bridge that containers take instead of it", async () => {
    const aux = ["--aux-address", "DefaultGatewayIPv4=10.95.0.9"];
    await using net = await network(line, "--subnet", "10.95.0.0/24", ...aux);
    await using container = await sleeping(line, "--network", net.name);
    expect((await container.exec("ip route")).stdout).toContain("default via 10.95.0.9 dev eth0");
    const inside = [
      "--internal",
      "--subnet",
      "10.96.0.0/24",
      "--aux-address",
      "DefaultGatewayIPv4=10.96.0.9",
    ];
    const refusal = await failure("network", "create", ...inside, uniqueName("n"));
    expect(refusal).toContain("no gateway can be set on an internal bridge network");
  });
});
