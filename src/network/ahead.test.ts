import { expect, test } from "bun:test";
import { RouteSocket } from "../os/netlink/index.ts";
import { ownLinks } from "./links.ts";
import { eventually } from "./network.fixture.ts";
import { at, bridgeNetwork, engineKey, macvlan, useNetworks } from "./networks.fixture.ts";

const engine = useNetworks();

/** How many sandboxes there are on each bridge. */
function sandboxes(): number[] {
  using host = new RouteSocket();
  const own = ownLinks(host, engineKey);
  const bridges = own.filter(({ kind }) => kind === "bridge");
  return bridges.map(({ index }) => own.filter(({ master }) => master === index).length);
}

/** Small ones: a dozen networks within what one has otherwise. */
const small = (n: number) => {
  const subnet = bridgeNetwork(1, [4]).subnets[0]?.subnet.replace(/0\/24$/, "") ?? "";
  return bridgeNetwork(n, [4], {
    bridge: `slwn${process.pid}${n.toString(16)}`,
    subnets: [{ subnet: `${subnet}${16 * n}/28`, gateway: `${subnet}${16 * n + 1}` }],
  });
};

test("sandboxes are made ahead for networks that are used, and only for the last of these", async () => {
  const networks = Array.from({ length: 12 }, (_, n) => small(n));
  for (const network of networks) await engine.controller.ensure(network);
  await engine.controller.ensure(macvlan);
  expect(sandboxes().every((count) => count === 0)).toBe(true);
  for (const network of networks.slice(0, 2)) await engine.controller.acquire([at(network)]);
  await eventually("each has three more", () => sandboxes().filter((count) => count === 4).length === 2);
  for (const network of networks)
    await engine.controller.release(await engine.controller.acquire([at(network)]));
  // Two run on the first two networks; eight networks have three each.
  await eventually(
    "there are no more than for eight",
    () => sandboxes().reduce((a, b) => a + b) === 2 + 8 * 3,
  );
});

test("one that was made ahead makes way for who wants its address, and goes with its network", async () => {
  const network = small(0);
  await engine.controller.ensure(network);
  const first = await engine.controller.acquire([at(network)]);
  await eventually("three are ready", () => sandboxes()[0] === 4);
  const [base = "", last = ""] = /(.*\.)(\d+)$/.exec(first.endpoints[0]?.ipv4?.address ?? "")?.slice(1) ?? [];
  const next = (n: number) => `${base}${Number(last) + n}`;
  const macAddress = "02:00:00:00:00:05";
  const particular = await engine.controller.acquire([{ ...at(network), ipv4: next(1), macAddress }]);
  expect(particular.endpoints[0]).toMatchObject({ macAddress, ipv4: { address: next(1) } });
  const ready = await engine.controller.acquire([{ ...at(network), ipv4: next(3), gatewayPriority: 7 }]);
  expect(ready.endpoints[0]).toMatchObject({ gatewayPriority: 7, ipv4: { address: next(3) } });
  for (const sandbox of [first, particular, ready]) await engine.controller.release(sandbox);
  await engine.controller.remove(network.networkId);
  await eventually("nothing is left", () => sandboxes().length === 0);
});
