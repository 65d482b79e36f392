import { expect, test } from "bun:test";
import { created, sleeping } from "../../support/containers.ts";
import { until } from "../../support/engine.ts";
import { network } from "../../support/networks.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("network connect and disconnect:", fixture, (line) => {
  const { call, ok } = line;

  test("a running container comes to a network and leaves it", async () => {
    await using net = await network(line);
    await using one = await sleeping(line);
    await using two = await sleeping(line, "--network", net.name);
    expect((await one.exec(`ping -c1 -W1 ${await net.addressOf(two)}`)).code).not.toBe(0);
    await ok(["network", "connect", "--alias", "uno", net.name, one.name]);
    const address = await net.addressOf(one);
    expect((await one.exec("ip -4 -o addr show eth1")).stdout).toContain(`${address}/`);
    expect((await one.exec(`ping -c1 -W2 ${two.name}`)).code).toBe(0);
    expect((await two.exec("ping -c1 -W2 uno")).code).toBe(0);
    expect((await one.exec("cat /etc/hosts")).stdout).toContain(address);
    const again = await call(["network", "connect", net.name, one.name]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`endpoint with name ${one.name} already exists in network ${net.name}`);
    await ok(["network", "disconnect", net.name, one.name]);
    expect((await one.exec("ls /sys/class/net")).stdout.split("\n")).not.toContain("eth1");
    expect((await one.exec("cat /etc/hosts")).stdout).not.toContain(address);
    expect((await two.exec("nslookup uno")).code).not.toBe(0);
    const twice = await call(["network", "disconnect", net.name, one.name]);
    expect(twice.code).toBe(1);
    expect(twice.stderr).toContain(`is not connected to the network ${net.name}`);
  });

  test("a stopped container joins when it starts", async () => {
    await using net = await network(line, "--subnet", "10.81.0.0/24");
    await using container = await created(line, "sleep 1000");
    await ok(["network", "connect", "--ip", "10.81.0.77", net.name, container.name]);
    await ok(["start", container.name]);
    expect(await net.addressOf(container)).toBe("10.81.0.77");
    expect((await container.exec("ip -o -4 addr")).stdout).toContain("10.81.0.77/24");
    await ok(["stop", "-t", "0", container.name]);
    expect(await net.addressOf(container)).toBe("");
    await ok(["network", "disconnect", net.name, container.name]);
    await ok(["start", container.name]);
    expect((await container.exec("ip -o -4 addr")).stdout).not.toContain("10.81.0");
  });

  test("several networks at create, the default route by the highest priority", async () => {
    await using first = await network(line, "--subnet", "10.82.1.0/24");
    await using second = await network(line, "--subnet", "10.82.2.0/24");
    await using container = await sleeping(
      line,
      ...["--network", `name=${first.name},alias=a1,ip=10.82.1.50`],
      ...["--network", `name=${second.name},ip=10.82.2.50,mac-address=02:42:0a:52:02:32,gw-priority=1`],
    );
    const look = await container.exec("ip -o -4 addr; ip route; cat /sys/class/net/eth1/address");
    expect(look.stdout).toMatch(/eth0\s+inet 10\.82\.1\.50\/24/);
    expect(look.stdout).toMatch(/eth1\s+inet 10\.82\.2\.50\/24/);
    expect(look.stdout).toContain("default via 10.82.2.1 dev eth1");
    expect(look.stdout).toContain("02:42:0a:52:02:32");
    await ok(["network", "disconnect", second.name, container.name]);
    expect((await container.exec("ip route")).stdout).toContain("default via 10.82.1.1 dev eth0");
  });

  test("networks are isolated from one another", async () => {
    await using first = await network(line);
    await using second = await network(line);
    await using one = await sleeping(line, "--network", first.name);
    await using two = await sleeping(line, "--network", second.name);
    expect((await one.exec(`ping -c1 -W1 ${await second.addressOf(two)}`)).code).not.toBe(0);
    expect((await one.exec(`nslookup ${two.name}`)).code).not.toBe(0);
  });

  test("addresses must be in a subnet and free", async () => {
    await using net = await network(line, "--subnet", "10.83.0.0/24");
    const run = (...flags: string[]) => call(["run", "-d", "--rm", ...flags, "busybox", "sleep", "1000"]);
    const outside = await run("--network", net.name, "--ip", "10.84.0.1");
    expect(outside.code).toBe(125);
    expect(outside.stderr).toContain("no configured subnet contains IP address 10.84.0.1");
    await using _holder = await sleeping(line, "--network", net.name, "--ip", "10.83.0.9");
    const taken = await run("--network", net.name, "--ip", "10.83.0.9");
    expect(taken.code).toBe(125);
    expect(taken.stderr).toContain("10.83.0.9");
    const onBridge = await run("--ip", "10.83.0.10");
    expect(onBridge.code).toBe(125);
    expect(onBridge.stderr.toLowerCase()).toMatch(
      /user.specified ip address is supported on user.defined networks only/,
    );
  });

  test("modes that have no network of their own refuse others", async () => {
    await using net = await network(line);
    await using host = await sleeping(line, "--network", "host");
    await using owner = await sleeping(line);
    await using sharer = await sleeping(line, "--network", `container:${owner.name}`);
    await using none = await sleeping(line, "--network", "none");
    const refused = async (...args: string[]) => {
      const result = await call(["network", ...args]);
      expect(result.code).toBe(1);
      return result.stderr;
    };
    const shares = "container sharing network namespace with another container or host";
    expect(await refused("connect", net.name, host.name)).toContain(shares);
    expect(await refused("connect", net.name, sharer.name)).toContain(shares);
    expect(await refused("connect", "host", owner.name)).toContain(
      "container must be created in host network mode",
    );
    expect(await refused("connect", net.name, none.name)).toContain("private (none) mode");
    expect(await refused("disconnect", "host", host.name)).toContain(
      "cannot disconnect container from host network",
    );
    expect(await refused("connect", "nonesuch", owner.name)).toContain("network nonesuch not found");
    expect(await refused("connect", net.name, "nonesuch")).toContain("No such container: nonesuch");
    await ok(["network", "disconnect", "none", none.name]);
    await ok(["network", "connect", net.name, none.name]);
    expect((await none.exec("ip -4 -o addr show")).stdout).toContain(await net.addressOf(none));
  });

  test("a network that is missing is the start's error", async () => {
    const name = uniqueName("n");
    const result = await call(["run", "--rm", "--network", name, "busybox", "true"]);
    expect(result.code).toBe(125);
    expect(result.stderr).toContain(`network ${name} not found`);
  });

  test("events tell of networks and of those who come and go", async () => {
    const { engine } = fixture;
    const since = String(Date.now() / 1000);
    await using net = await network(line);
    await using container = await sleeping(line, "--network", net.name);
    await ok(["network", "disconnect", net.name, container.name]);
    await ok(["network", "connect", net.name, container.name]);
    await ok(["rm", "-f", container.name]);
    await ok(["network", "rm", net.name]);
    let actions: string[] = [];
    await until("the last event is there", async () => {
      const filters = encodeURIComponent(JSON.stringify({ type: ["network"], network: [net.name] }));
      const text = await engine.request(
        `/events?since=${since}&until=${Date.now() / 1000}&filters=${filters}`,
      );
      actions = (text ?? "")
        .split("\n")
        .filter((row) => row !== "")
        .map((row) => JSON.parse(row).Action);
      return actions.at(-1) === "destroy";
    });
    expect(actions).toEqual(["create", "connect", "disconnect", "connect", "disconnect", "destroy"]);
  });

  test("interface name, settings and link-local addresses of one's own", async () => {
    await using net = await network(line);
    const options = [
      "driver-opt=com.docker.network.endpoint.ifname=front0",
      '"driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1"',
      "link-local-ip=169.254.34.68",
    ];
    await using container = await sleeping(line, "--network", [`name=${net.name}`, ...options].join(","));
    const look = await container.exec(
      "ip -4 -o addr show front0; cat /proc/sys/net/ipv4/conf/front0/log_martians",
    );
    expect(look.stdout).toContain(await net.addressOf(container));
    expect(look.stdout).toContain("169.254.34.68");
    expect(look.stdout.trim().split("\n").at(-1)).toBe("1");
    const wrong = await call([
      ...["run", "--rm", "--network"],
      `name=${net.name},driver-opt=com.docker.network.endpoint.sysctls=net.core.somaxconn=1`,
      ...["busybox", "true"],
    ]);
    expect(wrong.code).toBe(125);
    expect(wrong.stderr).toContain("unrecognised network interface sysctl");
  });
});
