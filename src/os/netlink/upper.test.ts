import { describe, expect, test } from "bun:test";
import { errnoOf } from "../../errors/index.ts";
import {
  createDummy,
  createIpvlan,
  createMacvlan,
  createVeth,
  createVlan,
  type NetlinkRequest,
  type RouteSocket,
  setLink,
} from "./index.ts";
import { emptyNetwork } from "./netlink.fixture.ts";

type Made = { here: RouteSocket; there: RouteSocket; parent: number };
type Outcome = { made: Made } | { errno: string | undefined; message: string };

/** What this kernel can do is found by asking it: each kind is made as wanted, or refused as documented. */
function attempt(requests: (parent: number, namespaceFd: number) => NetlinkRequest[]): Outcome {
  const [here, there] = [emptyNetwork(), emptyNetwork()];
  here.socket.transact(createVeth("wire", { up: true }, { name: "far", namespaceFd: here.fd }));
  here.socket.transact(setLink("far", { up: true }));
  const parent = here.socket.link("wire")?.index ?? 0;
  try {
    here.socket.transact(...requests(parent, there.fd));
  } catch (error) {
    return { errno: errnoOf(error), message: (error as Error).message };
  }
  return { made: { here: here.socket, there: there.socket, parent } };
}

function expectMade(outcome: Outcome, kind: string, check: (made: Made) => void): void {
  if ("made" in outcome) check(outcome.made);
  else {
    expect(outcome.errno).toBe("ENOTSUP");
    expect(outcome.message).toContain(`create the ${kind} interface eth0`);
  }
}

describe("macvlan", () => {
  test.each(["bridge", "private", "vepa", "passthru"] as const)(
    "of mode %s is made in a container",
    (mode) => {
      const mac = "02:42:0a:00:00:07";
      const outcome = attempt((parent, namespaceFd) => [
        createMacvlan("eth0", { parent, namespaceFd, mode, mac, mtu: 1400 }),
      ]);
      expectMade(outcome, "macvlan", ({ here, there, parent }) => {
        const link = there.link("eth0");
        // Passing through means to be the parent, its address included.
        const own = mode === "passthru" ? here.link("wire")?.mac : mac;
        expect(link).toMatchObject({ kind: "macvlan", mtu: 1400, mac: own ?? "", parent });
        expect(here.link("eth0")).toBeUndefined();
      });
    },
  );

  test("shares a parent with others of its kind, except passthru", () => {
    const two = (first: "bridge" | "passthru") =>
      attempt((parent, namespaceFd) => [
        createMacvlan("eth0", { parent, namespaceFd, mode: first }),
        createMacvlan("eth1", { parent, namespaceFd, mode: "bridge" }),
      ]);
    const [shared, taken] = [two("bridge"), two("passthru")];
    expectMade(shared, "macvlan", ({ there }) => {
      expect(there.link("eth1")?.kind).toBe("macvlan");
      expect(taken).toMatchObject({ errno: "EINVAL" });
    });
  });
});

test.each([
  ["l2", "bridge"],
  ["l3", "private"],
  ["l3s", "vepa"],
] as const)("ipvlan of mode %s, flag %s is made, or is ENOTSUP in a kernel without it", (mode, flag) => {
  const outcome = attempt((parent, namespaceFd) => [
    createIpvlan("eth0", { parent, namespaceFd, mode, flag }),
  ]);
  expectMade(outcome, "ipvlan", ({ there }) => expect(there.link("eth0")?.kind).toBe("ipvlan"));
});

test("a VLAN is made on its parent, or is ENOTSUP in a kernel without it", () => {
  const outcome = attempt((parent) => [createVlan("eth0", { parent, id: 50, up: true })]);
  expectMade(outcome, "vlan", ({ here, parent }) =>
    expect(here.link("eth0")).toMatchObject({ kind: "vlan", vlanId: 50, parent }),
  );
});

test("a dummy is made, or is ENOTSUP in a kernel without it", () => {
  const outcome = attempt(() => [createDummy("eth0", { up: true })]);
  expectMade(outcome, "dummy", ({ here }) =>
    expect(here.link("eth0")).toMatchObject({ kind: "dummy", up: true }),
  );
});
