import { afterAll, beforeAll, expect, test } from "bun:test";
import { sleeping } from "../../support/containers.ts";
import { command } from "../../support/engine.ts";
import { network } from "../../support/networks.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const parent = `swp${process.pid % 100_000}`;

beforeAll(async () => {
  must(await command(["ip", "link", "add", parent, "type", "veth", "peer", "name", `${parent}p`]));
  for (const end of [parent, `${parent}p`]) must(await command(["ip", "link", "set", end, "up"]));
});
afterAll(async () => {
  await command(["ip", "link", "delete", parent]);
});

throughBoth("macvlan and ipvlan:", fixture, (line) => {
  const { call, ok } = line;

  test("containers of a macvlan network are hosts of its parent's network", async () => {
    await using net = await network(
      line,
      ...["-d", "macvlan", "-o", `parent=${parent}`, "--subnet", "10.87.0.0/24", "--gateway", "10.87.0.1"],
    );
    await using one = await sleeping(line, "--network", net.name, "--ip", "10.87.0.10");
    await using two = await sleeping(line, "--network", net.name);
    expect((await one.exec("ip route")).stdout).toContain("default via 10.87.0.1 dev eth0");
    expect((await one.exec(`ping -c1 -W2 ${two.name}`)).code).toBe(0);
    expect((await two.exec("ping -c1 -W2 10.87.0.10")).code).toBe(0);
    const [shown] = JSON.parse(await ok(["network", "inspect", net.name]));
    expect(shown).toMatchObject({ Driver: "macvlan", Options: { parent } });
  });

  test("without a parent a macvlan network is internal", async () => {
    await using net = await network(line, "-d", "macvlan", "--subnet", "10.88.0.0/24");
    await using one = await sleeping(line, "--network", net.name);
    await using two = await sleeping(line, "--network", net.name);
    expect((await one.exec("ip route")).stdout).not.toContain("default");
    expect((await one.exec(`ping -c1 -W2 ${two.name}`)).code).toBe(0);
  });

  test("a VLAN of the parent is made with the network and goes with it", async () => {
    const vlan = `${parent}.50`;
    const name = uniqueName("n");
    const flags = ["-d", "macvlan", "-o", `parent=${vlan}`, "--subnet", "10.89.0.0/24"];
    const result = await call(["network", "create", ...flags, name]);
    // A kernel without VLANs is a clear error.
    if (result.code !== 0) return expect(result.stderr).toContain("8021q");
    const link = await command(["ip", "-d", "link", "show", vlan]);
    expect(link.stdout).toContain("vlan protocol 802.1Q id 50");
    await ok(["network", "rm", name]);
    expect((await command(["ip", "link", "show", vlan])).code).not.toBe(0);
  });

  test("a running container comes to a macvlan network and leaves it", async () => {
    await using net = await network(
      line,
      "-d",
      "macvlan",
      "-o",
      `parent=${parent}`,
      "--subnet",
      "10.90.0.0/24",
    );
    await using container = await sleeping(line);
    await ok(["network", "connect", net.name, container.name]);
    expect((await container.exec("ip -4 -o addr show eth1")).stdout).toContain("10.90.0.");
    await ok(["network", "disconnect", net.name, container.name]);
    expect((await container.exec("ls /sys/class/net")).stdout).not.toContain("eth1");
  });

  test("ipvlan works, or the kernel's lack of it is told", async () => {
    const result = await call(["network", "create", "-d", "ipvlan", "-o", `parent=${parent}`, "ipv"]);
    if (result.code === 0) await ok(["network", "rm", "ipv"]);
    else expect(result.stderr).toContain("ipvlan");
  });

  test("what cannot be is refused", async () => {
    const refused = async (...args: string[]) => {
      const result = await call(["network", "create", ...args, "x3"]);
      expect(result.code).toBe(1);
      return result.stderr;
    };
    expect(await refused("-d", "macvlan", "-o", "parent=lo")).toContain("loopback");
    expect(await refused("-d", "macvlan", "-o", "parent=nonesuch0")).toContain("nonesuch0");
    expect(await refused("-d", "ipvlan", "-o", "ipvlan_mode=l9")).toContain(
      "requested ipvlan mode 'l9' is not valid",
    );
  });
});
