import { expect, test } from "bun:test";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { running, sleeping } from "../../support/containers.ts";
import { command, until } from "../../support/engine.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("networks:", fixture, (line) => {
  const { call, ok } = line;
  const sh = (script: string, ...flags: string[]) =>
    ok(["run", "--rm", ...flags, "busybox", "sh", "-c", script]);

  test("bridge: an address of the subnet, a route by the gateway, a veth on the bridge", async () => {
    const { bip, bridge } = fixture.engine;
    const gateway = bip.split("/")[0] ?? "";
    await using container = await sleeping(line);
    const address = await container.inspect("{{.NetworkSettings.Networks.bridge.IPAddress}}");
    expect(address.split(".").slice(0, 3)).toEqual(gateway.split(".").slice(0, 3));
    expect((await container.exec("ip route")).stdout).toContain(`default via ${gateway} dev eth0`);
    const links = await command(["ip", "-o", "link", "show", "master", bridge]);
    expect(links.stdout.trim().split("\n").length).toBeGreaterThanOrEqual(1);
    expect((await command(["brctl", "show", bridge])).stdout).toContain("veth");
    expect((await command(["busybox", "ping", "-c1", "-W2", address])).code).toBe(0);
    expect((await container.exec(`ping -c1 -W2 ${gateway}`)).code).toBe(0);
  });

  test("containers of the bridge reach one another", async () => {
    await using server = await running(line, "echo hello | nc -l -p 7000");
    const address = await server.inspect("{{.NetworkSettings.Networks.bridge.IPAddress}}");
    await until("it is reached", async () => {
      const result = await call(["run", "--rm", "busybox", "nc", "-w", "2", address, "7000"]);
      return result.stdout === "hello\n";
    });
  });

  test("no two containers have one address, and addresses come back", async () => {
    const addresses: string[] = [];
    for (let round = 0; round < 2; round++) {
      await using one = await sleeping(line);
      await using two = await sleeping(line);
      const both = await Promise.all(
        [one, two].map((container) => container.inspect("{{.NetworkSettings.Networks.bridge.IPAddress}}")),
      );
      expect(new Set(both).size).toBe(2);
      addresses.push(...both);
    }
    const { engine } = fixture;
    const network = JSON.parse(await ok(["network", "inspect", "bridge"]))[0];
    expect(network.IPAM.Config[0].Gateway).toBe(engine.bip.split("/")[0]);
    expect(network.Containers).toEqual({});
  });

  test("none has a loopback and nothing else", async () => {
    expect(await sh("ls /sys/class/net; ip route", "--network", "none")).toBe("lo");
    expect(await sh("ping -c1 -W2 127.0.0.1 >/dev/null && echo up", "--network", "none")).toBe("up");
  });

  test("host is the host's", async () => {
    const [namespace, name] = (await sh("readlink /proc/1/ns/net; hostname", "--network", "host")).split(
      "\n",
    );
    expect(namespace).toBe(readlinkSync("/proc/self/ns/net"));
    expect(await sh("ls /sys/class/net", "--network", "host")).toContain(fixture.engine.bridge);
    expect(name).toBe(hostname());
    const published = await call(["run", "--rm", "--network", "host", "-p", "80:80", "busybox", "true"]);
    expect(published.code).toBe(0);
  });

  test("container:NAME shares all of another's network, hosts file and name", async () => {
    await using owner = await sleeping(line, "-h", "owner");
    const look = "ip -4 -o addr show eth0 | awk '{print $4}'; hostname; cat /etc/hosts";
    const shared = await sh(look, "--network", `container:${owner.name}`);
    expect(shared).toBe((await owner.exec(look)).stdout.trim());
    const missing = await call(["run", "--rm", "--network", "container:nonesuch", "busybox", "true"]);
    expect(missing.code).toBe(125);
    expect(missing.stderr).toContain("No such container: nonesuch");
    const both = await call(["run", "--rm", "--network", `container:${owner.name}`, "-h", "x", "busybox"]);
    expect(both.code).toBe(125);
    expect(both.stderr).toContain("conflicting options");
  });

  test("hosts, hostname and resolv.conf are the container's own", async () => {
    const gateway = fixture.engine.bip.split("/")[0];
    const flags = ["-h", "box", "--domainname", "example.org", "--add-host", "db:10.9.8.7"];
    const hosts = await sh("cat /etc/hosts", ...flags, "--add-host", "gate:host-gateway");
    expect(hosts).toMatch(/^127\.0\.0\.1\s+localhost$/m);
    expect(hosts).toMatch(/^10\.9\.8\.7\s+db$/m);
    expect(hosts).toMatch(new RegExp(`^${gateway}\\s+gate$`, "m"));
    expect(hosts).toMatch(/^\d+\.\d+\.\d+\.\d+\s+box\.example\.org box$/m);
    expect(await sh("cat /etc/hostname; hostname", ...flags)).toMatch(/^box.*\nbox/);
    const dns = ["--dns", "10.1.1.1", "--dns", "10.1.1.2", "--dns-search", "a.org", "--dns-opt", "ndots:3"];
    const resolv = await sh("cat /etc/resolv.conf", ...dns);
    expect(resolv.match(/^nameserver .*$/gm)).toEqual(["nameserver 10.1.1.1", "nameserver 10.1.1.2"]);
    expect(resolv).toContain("search a.org");
    expect(resolv).toContain("options ndots:3");
    const nameservers = (text: string) =>
      (text.match(/^nameserver (.*)$/gm) ?? []).filter((server) => !/ (127\.|::1)/.test(server));
    const own = nameservers(readFileSync("/etc/resolv.conf", "utf8"));
    if (own.length > 0) expect(nameservers(await sh("cat /etc/resolv.conf"))).toEqual(own);
    expect(await sh("echo x >> /etc/hosts && tail -1 /etc/hosts")).toBe("x");
  });

  test("a MAC address of one's own", async () => {
    expect(await sh("cat /sys/class/net/eth0/address", "--mac-address", "02:42:00:00:00:77")).toBe(
      "02:42:00:00:00:77",
    );
    const wrong = await call(["run", "--rm", "--mac-address", "nonsense", "busybox", "true"]);
    expect(wrong.code).toBe(125);
    expect(wrong.stderr).toContain("nonsense");
  });

  test("network ls and inspect show the three", async () => {
    const rows = (await ok(["network", "ls", "--format", "{{.Name}} {{.Driver}} {{.Scope}}"]))
      .split("\n")
      .sort();
    expect(rows).toEqual(["bridge bridge local", "host host local", "none null local"]);
    const name = uniqueName();
    await ok(["run", "-d", "--name", name, "busybox", "sleep", "1000"]);
    const [network] = JSON.parse(await ok(["network", "inspect", "bridge"]));
    expect(network.Options["com.docker.network.bridge.name"]).toBe(fixture.engine.bridge);
    const member = Object.values(network.Containers as Record<string, { Name: string }>);
    expect(member.map((container) => container.Name)).toEqual([name]);
    await ok(["rm", "-f", name]);
    expect((await call(["network", "inspect", "nonesuch"])).code).toBe(1);
    await using host = await sleeping(line, "--network", "host");
    const [shared] = JSON.parse(await ok(["network", "inspect", "host"]));
    expect(Object.values(shared.Containers)).toEqual([
      expect.objectContaining({
        Name: host.name,
        EndpointID: await host.inspect("{{.NetworkSettings.Networks.host.EndpointID}}"),
        IPv4Address: "",
      }),
    ]);
  });
});
