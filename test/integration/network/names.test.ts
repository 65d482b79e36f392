import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { running, sleeping } from "../../support/containers.ts";
import { until } from "../../support/engine.ts";
import { network } from "../../support/networks.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

/** The addresses that BusyBox's nslookup prints behind the server's own. */
const addressesIn = (output: string): string[] =>
  [...output.matchAll(/^Address: (\S+)$/gm)].map(([, address = ""]) => address);

throughBoth("names:", fixture, (line) => {
  const { ok } = line;
  const lookUp = async (container: { exec(script: string): Promise<{ stdout: string }> }, name: string) =>
    addressesIn((await container.exec(`nslookup -type=a ${name}`)).stdout);

  test("name, alias, short id and host name lead to a container, its address back to its name", async () => {
    await using net = await network(line);
    await using asker = await sleeping(line, "--network", net.name);
    await using target = await sleeping(line, "--network", net.name, "--network-alias", "web", "-h", "boxed");
    const address = await net.addressOf(target);
    const id = await target.inspect("{{.Id}}");
    for (const name of [target.name, "web", id.slice(0, 12), "boxed", `web.${net.name}`]) {
      expect(await lookUp(asker, name)).toEqual([address]);
    }
    expect((await asker.exec(`nslookup ${address}`)).stdout).toContain(`${target.name}.${net.name}`);
    expect((await asker.exec("cat /etc/resolv.conf")).stdout).toContain("nameserver 127.0.0.11");
    expect(await lookUp(asker, "nonesuch")).toEqual([]);
  });

  test("a shared alias has all addresses; a name goes with its container", async () => {
    await using net = await network(line);
    await using asker = await sleeping(line, "--network", net.name);
    const names = ["--network", net.name, "--network-alias", "pool"];
    await using one = await sleeping(line, ...names);
    await using two = await sleeping(line, ...names);
    const both = [await net.addressOf(one), await net.addressOf(two)].sort();
    expect((await lookUp(asker, "pool")).sort()).toEqual(both);
    await ok(["stop", "-t", "0", two.name]);
    expect(await lookUp(asker, "pool")).toEqual([await net.addressOf(one)]);
    expect(await lookUp(asker, two.name)).toEqual([]);
    await ok(["start", two.name]);
    expect(await lookUp(asker, two.name)).toEqual([await net.addressOf(two)]);
  });

  test("a new name is known at once, the old one not any more", async () => {
    await using net = await network(line);
    await using asker = await sleeping(line, "--network", net.name);
    const before = uniqueName();
    const after = uniqueName();
    await ok(["run", "-d", "--name", before, "--network", net.name, "busybox", "sleep", "1000"]);
    await ok(["rename", before, after]);
    expect(await lookUp(asker, after)).toEqual([await net.addressOf({ name: after })]);
    expect(await lookUp(asker, before)).toEqual([]);
    await ok(["rm", "-f", after]);
  });

  test("programs reach one another by name", async () => {
    await using net = await network(line);
    await using _server = await running(
      line,
      "mkdir /www; echo hello >/www/index.html; exec httpd -f -p 80 -h /www",
      ...["--network", net.name, "--network-alias", "shop"],
    );
    await using client = await sleeping(line, "--network", net.name);
    await until(
      "it answers",
      async () => (await client.exec("wget -q -O - http://shop/")).stdout === "hello\n",
    );
  });

  test("the host is found by its names, on every network", async () => {
    await using net = await network(line);
    for (const flags of [[], ["--network", net.name]]) {
      await using container = await sleeping(line, ...flags);
      const route = (await container.exec("ip route show default")).stdout;
      const gateway = /^default via (\S+)/.exec(route)?.[1] ?? "no gateway";
      for (const name of ["host.docker.internal", "host.slipway.internal"]) {
        expect((await container.exec(`ping -4 -c1 -W2 ${name}`)).stdout).toContain(`(${gateway})`);
      }
    }
  });

  test("a network joined late brings its names, one left takes them along", async () => {
    await using net = await network(line);
    await using target = await sleeping(line, "--network", net.name);
    await using container = await sleeping(line);
    const servers = async () => (await container.exec("grep -c 127.0.0.11 /etc/resolv.conf")).stdout.trim();
    expect(await servers()).toBe("0");
    await ok(["network", "connect", net.name, container.name]);
    expect(await servers()).toBe("1");
    expect(await lookUp(container, target.name)).toEqual([await net.addressOf(target)]);
    await ok(["network", "disconnect", net.name, container.name]);
    expect(await servers()).toBe("0");
  });

  test("--link on a user network is a name of one's own", async () => {
    await using net = await network(line);
    await using target = await sleeping(line, "--network", net.name);
    await using one = await sleeping(line, "--network", net.name, "--link", `${target.name}:db`);
    await using two = await sleeping(line, "--network", net.name);
    expect(await lookUp(one, "db")).toEqual([await net.addressOf(target)]);
    expect(await lookUp(two, "db")).toEqual([]);
  });

  test("what is no name here is asked for outside", async () => {
    const [server] = readFileSync("/etc/resolv.conf", "utf8").match(/^nameserver \d.*$/m) ?? [];
    if (server === undefined) return;
    await using net = await network(line);
    await using container = await sleeping(line, "--network", net.name);
    const note = (await container.exec("cat /etc/resolv.conf")).stdout;
    expect(note).toContain(`host(${server.split(" ")[1]})`);
  });
});
