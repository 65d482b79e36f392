import { expect, test } from "bun:test";
import type { NetworkInspect } from "../../../src/api/index.ts";
import { running, sleeping } from "../../support/containers.ts";
import { until } from "../../support/engine.ts";
import { network } from "../../support/networks.ts";
import { answers, freePort, server } from "../../support/ports.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine({ flags: ["--ipv6"] });

throughBoth("IPv6:", fixture, (line) => {
  const { call, ok } = line;
  const inspect = async (name: string) =>
    JSON.parse(await ok(["network", "inspect", name]))[0] as NetworkInspect;
  const address = (name: string, net: string) =>
    ok([
      "inspect",
      "-f",
      `{{with index .NetworkSettings.Networks "${net}"}}{{.GlobalIPv6Address}}{{end}}`,
      name,
    ]);

  test("a network of both families: addresses, a route, names", async () => {
    await using net = await network(line, "--ipv6");
    const { EnableIPv6, IPAM } = await inspect(net.name);
    expect(EnableIPv6).toBe(true);
    expect(IPAM.Config).toHaveLength(2);
    expect(IPAM.Config[1]?.Subnet).toMatch(/^fd[0-9a-f]{2}:.*\/64$/);
    await using one = await sleeping(line, "--network", net.name);
    await using two = await sleeping(line, "--network", net.name);
    const own = await address(one.name, net.name);
    expect((await one.exec("ip -6 -o addr show eth0")).stdout).toContain(`${own}/64`);
    expect((await one.exec("ip -6 route")).stdout).toContain(`default via ${IPAM.Config[1]?.Gateway}`);
    expect((await one.exec(`ping -6 -c1 -W2 ${two.name}`)).code).toBe(0);
    expect((await one.exec(`nslookup -type=aaaa ${two.name}`)).stdout).toContain(
      await address(two.name, net.name),
    );
    expect((await one.exec("cat /etc/hosts")).stdout).toContain(own);
  });

  test("addresses of one's own", async () => {
    await using net = await network(line, "--subnet", "10.85.0.0/24", "--subnet", "fd85::/64");
    await using container = await sleeping(line, "--network", net.name, "--ip6", "fd85::0:77");
    expect(await address(container.name, net.name)).toBe("fd85::77");
    const outside = await call(["run", "--rm", "--network", net.name, "--ip6", "fd86::1", "busybox", "true"]);
    expect(outside.code).toBe(125);
    expect(outside.stderr).toContain("no configured subnet contains IP address fd86::1");
  });

  test("IPv6 alone, and IPv4 alone", async () => {
    await using six = await network(line, "--ipv4=false", "--ipv6");
    await using four = await network(line, "--ipv6=false");
    await using container = await sleeping(line, "--network", six.name);
    expect((await container.exec("ip -4 -o addr show eth0")).stdout).toBe("");
    expect(await address(container.name, six.name)).toMatch(/^fd/);
    await ok(["network", "connect", four.name, container.name]);
    expect((await container.exec("ip -4 -o addr show eth1")).stdout).toContain("inet ");
    expect((await container.exec("ip -6 -o addr show eth1 scope global")).stdout).toBe("");
    const neither = await call(["network", "create", "--ipv4=false", "--ipv6=false", "x2"]);
    expect(neither.code).toBe(1);
    expect(neither.stderr).toContain("IPv4 or IPv6 must be enabled");
  });

  test("a published port answers at [::1] as well", async () => {
    const port = freePort();
    await using container = await running(line, server("six"), "-p", `${port}:80`);
    await answers("::1", port, "six");
    await answers("127.0.0.1", port, "six");
    expect(await ok(["port", container.name])).toContain(`80/tcp -> [::]:${port}`);
    const only = freePort();
    await using _six = await running(line, server("only"), "-p", `[::1]:${only}:80`);
    await answers("::1", only, "only");
  });

  test("the default bridge has both families", async () => {
    const { IPAM } = await inspect("bridge");
    expect(IPAM.Config).toHaveLength(2);
    await using one = await sleeping(line);
    await using two = await sleeping(line);
    const other = await address(two.name, "bridge");
    await until("it is reached", async () => (await one.exec(`ping -6 -c1 -W2 ${other}`)).code === 0);
  });

  test("a container can be without IPv6", async () => {
    await using net = await network(line, "--ipv6");
    await using container = await sleeping(
      line,
      ...["--network", net.name, "--sysctl", "net.ipv6.conf.all.disable_ipv6=1"],
    );
    expect((await container.exec("ip -6 -o addr")).stdout).toBe("");
    expect((await container.exec("ip -4 -o addr show eth0")).stdout).toContain("inet ");
  });
});
