import { expect, test } from "bun:test";
import { sleeping } from "../../support/containers.ts";
import { until } from "../../support/engine.ts";
import { network } from "../../support/networks.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("container:NAME:", fixture, (line) => {
  const { call, ok } = line;

  test("a sharer keeps its network while the owner restarts, and finds names again", async () => {
    await using net = await network(line);
    await using neighbour = await sleeping(line, "--network", net.name);
    await using owner = await sleeping(line, "--network", net.name);
    await using sharer = await sleeping(line, "--network", `container:${owner.name}`);
    const address = await net.addressOf(owner);
    const look = async () => (await sharer.exec("ip -4 -o addr show eth0")).stdout;
    expect(await look()).toContain(`${address}/`);
    await ok(["restart", "-t", "0", owner.name]);
    expect(await net.addressOf(owner)).toBe(address);
    expect(await look()).toContain(`${address}/`);
    expect((await sharer.exec(`ping -c1 -W2 ${neighbour.name}`)).code).toBe(0);
    expect((await owner.exec("ip -4 -o addr show eth0")).stdout).toContain(`${address}/`);
    expect((await neighbour.exec(`ping -c1 -W2 ${owner.name}`)).code).toBe(0);
  });

  test("a network that the stopped owner joined is there for both when it is back", async () => {
    await using net = await network(line);
    await using owner = await sleeping(line);
    await using sharer = await sleeping(line, "--network", `container:${owner.name}`);
    await ok(["stop", "-t", "0", owner.name]);
    await ok(["network", "connect", net.name, owner.name]);
    await ok(["start", owner.name]);
    expect((await sharer.exec("ip -4 -o addr")).stdout).toContain(`${await net.addressOf(owner)}/`);
  });

  test("after the last one nothing is left", async () => {
    await using net = await network(line);
    await using owner = await sleeping(line, "--network", net.name);
    await using sharer = await sleeping(line, "--network", `container:${owner.name}`);
    await ok(["stop", "-t", "0", owner.name]);
    const inUse = await call(["network", "rm", net.name]);
    expect(inUse.stderr).toContain("has active endpoints");
    await ok(["rm", "-f", sharer.name]);
    await until("the network can go", async () => (await call(["network", "rm", net.name])).code === 0);
  });

  test("a crash of the engine in between loses nothing", async () => {
    await using net = await network(line);
    await using neighbour = await sleeping(line, "--network", net.name);
    await using owner = await sleeping(line, "--network", net.name);
    await using sharer = await sleeping(line, "--network", `container:${owner.name}`);
    const address = await net.addressOf(owner);
    await ok(["stop", "-t", "0", owner.name]);
    await fixture.engine.kill();
    await fixture.engine.start();
    expect((await sharer.exec("ip -4 -o addr show eth0")).stdout).toContain(`${address}/`);
    expect((await sharer.exec(`ping -c1 -W2 ${neighbour.name}`)).code).toBe(0);
    await ok(["start", owner.name]);
    expect(await net.addressOf(owner)).toBe(address);
  });

  test("with restart policies both are back with the next engine, the owner first", async () => {
    await using owner = await sleeping(line, "--restart", "always");
    await using sharer = await sleeping(line, "--restart", "always", "--network", `container:${owner.name}`);
    await fixture.engine.terminate();
    await fixture.engine.start();
    await until("the sharer runs", async () => (await sharer.status()) === "running");
    const address = await owner.inspect("{{.NetworkSettings.Networks.bridge.IPAddress}}");
    expect((await sharer.exec("ip -4 -o addr show eth0")).stdout).toContain(`${address}/`);
  });
});
