import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync } from "node:fs";
import type { FirewallSettings } from "./assemble.ts";
import { chooseBackend } from "./choose.ts";
import { type Machine, machine, network, run } from "./lab.fixture.ts";
import { PacketFilter } from "./packet-filter.ts";

// Dozens of programs run one after the other, on machines that may be busy.
setDefaultTimeout(60_000);

const port = {
  protocol: "tcp",
  hostIp: "0.0.0.0",
  hostPort: 8080,
  address: "10.1.0.2",
  containerPort: 80,
} as const;

let host: Machine;
let errors: string[];
let filter: PacketFilter | undefined;

async function open(settings: Partial<FirewallSettings>): Promise<PacketFilter> {
  const it = new PacketFilter(
    "lab",
    (level, message) => level === "error" && errors.push(message),
    settings,
    host,
  );
  filter = it;
  it.networks.set("a".repeat(64), network("a"));
  it.ports.add(port);
  await it.apply();
  return it;
}
const nft = (...command: string[]) => run(host, ["nft", ...command]);
const rules = async () =>
  (await nft("-s", "list", "ruleset")).replace(/counter packets \d+ bytes \d+/g, "counter");

beforeEach(() => {
  host = machine("host");
  errors = [];
});
afterEach(async () => {
  await filter?.close();
  // Closing twice would close whatever has its descriptor by then.
  filter = undefined;
  closeSync(host.fd);
});

describe.each(["iptables", "nftables"] as const)("%s", (backend) => {
  test("rules come back after everything was flushed", async () => {
    const it = await open({ backend });
    await nft("flush", "ruleset");
    await it.verify();
    expect(await rules()).toContain("8080");
    expect(await it.counters("a".repeat(64))).not.toEqual([]);
  });

  test("rules of others stay as they were", async () => {
    await run(host, ["iptables-nft", "-A", "FORWARD", "-s", "203.0.113.1", "-j", "DROP"]);
    await nft("add", "table", "inet", "other");
    const it = await open({ backend });
    await it.remove();
    const left = await rules();
    expect(left).toContain("203.0.113.1");
    expect(left).toContain("table inet other");
    expect(left).not.toMatch(/slipway|SLW-|DOCKER-USER/i);
  });

  test("ports are closed to other machines while the host's rules cannot be copied", async () => {
    await nft("add", "table", "inet", "other");
    await nft("add", "chain", "inet", "other", "in", "{ type filter hook input priority 0; }");
    // It is known at the input hook, and not where packets come in.
    await nft("add", "rule", "inet", "other", "in", "synproxy");
    const it = await open({ backend, mode: "respect" });
    expect(errors.join()).toContain("closed to other machines");
    const guard = await nft("list", "table", "inet", "slipway-guard-lab-0");
    expect(guard).toMatch(/@slipway_any4 drop/);
    await nft("flush", "chain", "inet", "other", "in");
    await it.verify();
    expect(await nft("list", "table", "inet", "slipway-guard-lab-0")).toContain("goto slipway_0_check");
  });
});

test("what the host has in DOCKER-USER comes first, and stays", async () => {
  await run(host, ["iptables-nft", "-N", "DOCKER-USER"]);
  await run(host, ["iptables-nft", "-A", "DOCKER-USER", "-s", "203.0.113.1", "-j", "DROP"]);
  const it = await open({ backend: "iptables" });
  const forward = await run(host, ["iptables-nft", "-S", "SLIPWAY-FWD-lab"]);
  expect(forward.split("\n")[1]).toBe("-A SLIPWAY-FWD-lab -j DOCKER-USER");
  await it.remove();
  expect(await run(host, ["iptables-nft", "-S", "DOCKER-USER"])).toContain("203.0.113.1");
});

test("the administrator's rules for an engine that is gone are kept, and led to by nothing", async () => {
  const gone = new PacketFilter("gone", () => undefined, { backend: "iptables" }, host);
  gone.networks.set("b", network("b"));
  await gone.apply();
  await gone.close();
  await run(host, ["iptables-nft", "-A", "SLIPWAY-USER-gone", "-o", "eth7", "-j", "DROP"]);
  const it = await open({ backend: "iptables" });
  await it.verify();
  const saved = await run(host, ["iptables-nft-save"]);
  expect(saved.split("\n").filter((line) => line.includes("gone"))).toEqual([
    ":SLIPWAY-USER-gone - [0:0]",
    "-A SLIPWAY-USER-gone -o eth7 -j DROP",
  ]);
  expect(saved).toContain("SLIPWAY-FWD-lab -j DOCKER-USER");
  await it.remove();
});

test("iptables' legacy tables are used where the host's rules are in them", async () => {
  expect(await chooseBackend("iptables", host)).toMatchObject({ name: "iptables", variant: "nft" });
  await run(host, ["iptables-legacy", "-A", "INPUT", "-s", "203.0.113.1", "-j", "DROP"]);
  expect(await chooseBackend("iptables", host)).toMatchObject({ name: "iptables", variant: "legacy" });
});
