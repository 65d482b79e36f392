import { expect, test } from "bun:test";
import { readlinkSync } from "node:fs";
import { errnoOf } from "../../errors/index.ts";
import { createNamespace, inNamespace } from "../netns.ts";
import {
  attributeText,
  nestedAttribute,
  parseAttributes,
  stringAttribute,
  uint8Attribute,
} from "./attributes.ts";
import {
  addAddress,
  addRoute,
  createBridge,
  createVeth,
  deleteLink,
  forgetNeighbour,
  moveLink,
  type NetlinkRequest,
  type RouteSocket,
  renameLink,
  setLink,
} from "./index.ts";
import { emptyNetwork } from "./netlink.fixture.ts";

const failure = (socket: RouteSocket, ...requests: NetlinkRequest[]) => {
  try {
    socket.transact(...requests);
  } catch (error) {
    return { errno: errnoOf(error), message: (error as Error).message };
  }
  return undefined;
};

test("attributes survive being written and read", () => {
  const nested = nestedAttribute(5, uint8Attribute(1, 7), stringAttribute(2, "veth"));
  const inner = parseAttributes(parseAttributes(nested).get(5) ?? Buffer.alloc(0));
  expect(inner.get(1)?.[0]).toBe(7);
  expect(attributeText(inner.get(2))).toBe("veth");
  expect(parseAttributes(Buffer.of(9, 0, 1, 0, 1)).size).toBe(0);
});

test("a namespace is entered and left again", () => {
  const { fd } = emptyNetwork();
  const home = readlinkSync("/proc/thread-self/ns/net");
  const there = inNamespace(fd, () => readlinkSync("/proc/thread-self/ns/net"));
  expect(there).not.toBe(home);
  expect(() =>
    inNamespace(fd, () => {
      throw new Error("inside");
    }),
  ).toThrow("inside");
  expect(() =>
    createNamespace(() => {
      throw new Error("new");
    }),
  ).toThrow("new");
  expect(readlinkSync("/proc/thread-self/ns/net")).toBe(home);
});

test("links are made, changed, listed and deleted", () => {
  const here = emptyNetwork();
  const there = emptyNetwork();
  here.socket.transact(createBridge("br0", { mac: "02:42:0a:00:00:01", mtu: 1400, up: true }));
  const bridge = here.socket.link("br0");
  expect(bridge).toMatchObject({ kind: "bridge", mac: "02:42:0a:00:00:01", mtu: 1400, up: true });

  here.socket.transact(
    createVeth(
      "veth0",
      { up: true, master: bridge?.index ?? 0, mtu: 1400 },
      { name: "eth0", namespaceFd: there.fd, mac: "02:42:0a:00:00:02", mtu: 1400 },
    ),
    setLink("veth0", { alias: "mine", hairpin: true }),
  );
  expect(here.socket.link("veth0")).toMatchObject({
    kind: "veth",
    alias: "mine",
    master: bridge?.index ?? 0,
    carrier: false,
  });
  expect(there.socket.link("eth0")).toMatchObject({ mac: "02:42:0a:00:00:02", mtu: 1400, up: false });
  const names = here.socket.links().map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["lo", "br0", "veth0"]));

  here.socket.transact(deleteLink("veth0"));
  expect(there.socket.link("eth0")).toBeUndefined();
  here.socket.transact(deleteLink("br0"));
});

test("links are renamed, also while they are moved to another namespace", () => {
  const [here, there] = [emptyNetwork(), emptyNetwork()];
  const make = (name: string) => {
    here.socket.transact(createVeth(name, {}, { name: `${name}-peer`, namespaceFd: here.fd }));
    return here.socket.link(name) ?? { index: 0, name };
  };
  here.socket.transact(renameLink(make("one"), "uno"));
  expect(here.socket.link("uno")).toBeDefined();
  here.socket.transact(moveLink(make("two"), there.fd, "eth0"), moveLink(make("three"), there.fd));
  const moved = there.socket.links().map(({ name }) => name);
  expect(moved.sort()).toEqual(["eth0", "lo", "three"]);
  expect(there.socket.link("eth0")?.up).toBe(false);
  expect(failure(here.socket, renameLink(make("four"), "uno"))?.errno).toBe("EEXIST");
});

test("neighbours are listed and forgotten", async () => {
  const [here, there] = [emptyNetwork(), emptyNetwork()];
  const mac = "02:42:0a:00:00:02";
  here.socket.transact(
    createVeth("veth0", { up: true }, { name: "eth0", namespaceFd: there.fd, mac }),
    setLink("veth0", { up: true }),
  );
  there.socket.transact(setLink("eth0", { up: true }));
  const index = here.socket.link("veth0")?.index ?? 0;
  here.socket.transact(addAddress({ index, address: "10.0.0.1", prefixLength: 24 }));
  const eth0 = there.socket.link("eth0")?.index ?? 0;
  there.socket.transact(addAddress({ index: eth0, address: "10.0.0.2", prefixLength: 24 }));
  const ping = Bun.spawn([
    "nsenter",
    `--net=/proc/${process.pid}/fd/${here.fd}`,
    "busybox",
    "ping",
    "-c1",
    "10.0.0.2",
  ]);
  expect(await ping.exited).toBe(0);
  expect(here.socket.neighbours()).toEqual([{ index, address: "10.0.0.2", mac, fixed: false }]);
  here.socket.transact(forgetNeighbour({ index, address: "10.0.0.2" }));
  expect(here.socket.neighbours()).toEqual([]);
});

test("failures say what was tried and carry the kernel's errno", () => {
  const { socket } = emptyNetwork();
  socket.transact(createBridge("br0", {}));
  expect(failure(socket, createBridge("br0", {}))).toMatchObject({ errno: "EEXIST" });
  expect(failure(socket, deleteLink("nothing"))).toEqual({
    errno: "ENODEV",
    message: expect.stringContaining("delete the interface nothing: ENODEV"),
  });
  // The others of a batch are tried all the same.
  expect(failure(socket, deleteLink("nothing"), setLink("br0", { up: true }))?.errno).toBe("ENODEV");
  expect(socket.link("br0")?.up).toBe(true);
  expect(failure(socket, addRoute({ gateway: "10.9.9.9" }))?.errno).toBe("ENETUNREACH");
});
