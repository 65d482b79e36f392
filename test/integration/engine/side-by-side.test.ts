import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { command, TestEngine, until } from "../../support/engine.ts";
import { must } from "../../support/suite.ts";

let one: TestEngine;
let two: TestEngine;
beforeAll(async () => {
  [one, two] = await Promise.all([TestEngine.start(), TestEngine.start()]);
  await Promise.all(
    [one, two].map(async (engine) => must(await engine.slipway(["image", "bootstrap", "busybox"]))),
  );
});
afterAll(async () => {
  await Promise.all([one.dispose(), two.dispose()]);
});

const ok = async (engine: TestEngine, ...args: string[]) => must(await engine.slipway(args)).stdout.trim();

test("each has its own names, images, volumes and addresses", async () => {
  const flags = ["run", "-d", "--name", "same", "-v", "same:/data", "busybox", "sleep", "1000"];
  await Promise.all([one, two].map((engine) => ok(engine, ...flags)));
  const address = (engine: TestEngine) =>
    ok(engine, "inspect", "-f", "{{.NetworkSettings.Networks.bridge.IPAddress}}", "same");
  expect(await address(one)).toStartWith(one.bip.split(".").slice(0, 3).join("."));
  expect(await address(two)).toStartWith(two.bip.split(".").slice(0, 3).join("."));
  await ok(one, "tag", "busybox", "only-one");
  expect((await two.slipway(["image", "inspect", "only-one"])).code).toBe(1);
  await ok(one, "exec", "same", "sh", "-c", "echo one > /data/file");
  expect((await two.slipway(["exec", "same", "cat", "/data/file"])).code).toBe(1);
});

test("a port that one publishes is in use for the other", async () => {
  await ok(one, "run", "-d", "--name", "port", "-p", "127.0.0.1::80", "busybox", "sleep", "1000");
  const port = (await ok(one, "port", "port", "80")).split(":").at(-1);
  const taken = await two.slipway(["run", "--rm", "-p", `127.0.0.1:${port}:80`, "busybox", "true"]);
  expect(taken.code).toBe(125);
  expect(taken.stderr).toContain("address already in use");
  await ok(one, "rm", "-f", "port");
});

test("the end of one takes nothing of the other's with it", async () => {
  await ok(two, "run", "-d", "--name", "served", "-p", "127.0.0.1::80", "busybox", "sleep", "1000");
  const rules = async () =>
    (await command(["iptables-save"])).stdout.split("\n").filter((row) => row.includes(two.bridge)).length;
  const before = await rules();
  expect(before).toBeGreaterThan(0);
  await one.dispose();
  expect(existsSync(one.root)).toBe(false);
  expect((await command(["ip", "link", "show", one.bridge])).code).toBe(1);
  expect(await rules()).toBe(before);
  expect(await ok(two, "inspect", "-f", "{{.State.Status}}", "same")).toBe("running");
  expect(
    (await two.slipway(["run", "--rm", "busybox", "ping", "-c1", "-W2", two.bip.split("/")[0] ?? ""])).code,
  ).toBe(0);
  await until("nothing of the first is left in the packet filter", async () => {
    return !(await command(["iptables-save"])).stdout.includes(one.bridge);
  });
});
