import { expect, test } from "bun:test";
import type { ContainerInspect, NetworkInspect } from "../../../src/api/index.ts";
import { command, TestEngine, until } from "../../support/engine.ts";
import { answers, freePort, server } from "../../support/ports.ts";
import { must, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

const json = async <T>(engine: TestEngine, path: string): Promise<T> =>
  JSON.parse((await engine.request(path)) ?? "null") as T;

const post = (engine: TestEngine, path: string, body: object): Promise<unknown> =>
  engine.fetch(path, { method: "POST", body: JSON.stringify(body) }).catch(() => undefined);

/** Links that carry an engine's mark; it is made from the data root. */
async function ownLinks(engine: TestEngine): Promise<string[]> {
  const { stdout } = await command(["ip", "-j", "-d", "link", "show"]);
  const links = JSON.parse(stdout) as { ifname: string; ifalias?: string; master?: string }[];
  const bridge = links.find(({ ifname }) => ifname === engine.bridge);
  const mark = bridge?.ifalias?.split(":").slice(0, 2).join(":") ?? "?";
  return links.filter(({ ifalias }) => ifalias?.startsWith(`${mark}:`)).map(({ ifname }) => ifname);
}

test("names, addresses and ports outlive the engine", async () => {
  const { engine } = fixture;
  const port = freePort();
  must(await engine.slipway(["network", "create", "lasting"]));
  const on = ["--network", "lasting", "busybox"];
  must(
    await engine.slipway(["run", "-d", "--name", "one", "-p", `${port}:80`, ...on, "sh", "-c", server("up")]),
  );
  must(
    await engine.slipway(["run", "-d", "--name", "two", "--network-alias", "zwei", ...on, "sleep", "1000"]),
  );
  const addressOf = async (name: string) =>
    (await json<ContainerInspect>(engine, `/containers/${name}/json`)).NetworkSettings.Networks.lasting
      ?.IPAddress;
  const before = [await addressOf("one"), await addressOf("two")];
  await engine.kill();
  await engine.start();
  expect([await addressOf("one"), await addressOf("two")]).toEqual(before);
  expect(must(await engine.slipway(["exec", "one", "ping", "-4", "-c1", "-W2", "zwei"])).stdout).toContain(
    `(${before[1]})`,
  );
  await answers("127.0.0.1", port, "up");
  // The addresses are taken: a newcomer gets another one.
  must(await engine.slipway(["run", "-d", "--name", "three", ...on, "sleep", "1000"]));
  expect(before).not.toContain(await addressOf("three"));
  expect(must(await engine.slipway(["exec", "two", "ping", "-c1", "-W2", "three"])).code).toBe(0);
  must(await engine.slipway(["rm", "-f", "one", "two", "three"]));
  must(await engine.slipway(["network", "rm", "lasting"]));
}, 60_000);

test("killed anywhere in create, connect and disconnect, the old state or the new one is left, and nothing else", async () => {
  const { engine } = fixture;
  must(await engine.slipway(["run", "-d", "--name", "subject", "busybox", "sleep", "1000"]));
  must(await engine.slipway(["network", "create", "fixed"]));
  for (let round = 0; round < 6; round++) {
    const name = `made${round}`;
    const acts = [
      post(engine, "/networks/create", { Name: name }),
      post(engine, "/networks/fixed/connect", { Container: "subject" }),
      post(engine, "/networks/fixed/disconnect", { Container: "subject" }),
    ];
    await Bun.sleep(round * 7);
    await engine.kill();
    await Promise.all(acts);
    await engine.start();
    const networks = await json<NetworkInspect[]>(engine, "/networks");
    const { State, NetworkSettings } = await json<ContainerInspect>(engine, "/containers/subject/json");
    expect(State.Running).toBe(true);
    const inside = await command(["nsenter", "-t", `${State.Pid}`, "-n", "ls", "/sys/class/net"]);
    const joined = Object.keys(NetworkSettings.Networks).length;
    expect(inside.stdout.split("\n").filter((link) => link.startsWith("eth"))).toHaveLength(joined);
    const bridges = networks.filter(({ Driver }) => Driver === "bridge").length;
    await until("only what belongs to somebody is left", async () => {
      const links = await ownLinks(engine);
      return links.filter((link) => !link.startsWith("veth")).length === bridges;
    });
    if (networks.some(({ Name }) => Name === name)) must(await engine.slipway(["network", "rm", name]));
    // Whatever was left, the next attempt finds everything in order.
    if (joined > 1) must(await engine.slipway(["network", "disconnect", "fixed", "subject"]));
    must(await engine.slipway(["network", "connect", "fixed", "subject"]));
    must(await engine.slipway(["network", "disconnect", "fixed", "subject"]));
  }
  must(await engine.slipway(["rm", "-f", "subject"]));
  must(await engine.slipway(["network", "rm", "fixed"]));
}, 120_000);

test("a network that cannot be made keeps nothing else down, and is made when it can be", async () => {
  const engine = await TestEngine.start();
  try {
    must(await engine.slipway(["image", "bootstrap", "busybox"]));
    const bridge = `swx${process.pid % 100_000}`;
    const options = ["-o", `com.docker.network.bridge.name=${bridge}`, "--ipv6=false"];
    must(await engine.slipway(["network", "create", ...options, "blocked"]));
    await engine.terminate();
    must(await command(["ip", "link", "add", bridge, "type", "veth", "peer", "name", `${bridge}p`]));
    await engine.start();
    expect(must(await engine.slipway(["network", "ls", "--format", "{{.Name}}"])).stdout).toContain(
      "blocked",
    );
    expect((await json<{ Warnings: string[] }>(engine, "/info")).Warnings.join("\n")).toContain(
      "the network blocked",
    );
    const run = ["run", "--rm", "--network", "blocked", "busybox", "true"];
    const refused = await engine.slipway(run);
    expect(refused.code).toBe(125);
    expect(refused.stderr).toContain(bridge);
    must(await command(["ip", "link", "delete", bridge]));
    must(await engine.slipway(run));
    must(await engine.slipway(["network", "rm", "blocked"]));
  } finally {
    await engine.dispose();
  }
}, 90_000);
