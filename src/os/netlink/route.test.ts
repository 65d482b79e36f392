import { describe, expect, test } from "bun:test";
import { errnoOf } from "../../errors/index.ts";
import {
  addAddress,
  addRoute,
  deleteRoute,
  type NetlinkRequest,
  removeAddress,
  replaceRoute,
  setLink,
} from "./index.ts";
import { addressBytes, addressText } from "./ip.ts";
import { bridgedNetwork } from "./netlink.fixture.ts";

const errno = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return errnoOf(error);
  }
  return undefined;
};

describe("addresses", () => {
  test("have one text", () => {
    const canonical = {
      "10.0.0.1": "10.0.0.1",
      "::": "::",
      "::1": "::1",
      "FD00:0:0:1::": "fd00:0:0:1::",
      "1:0:0:2:0:0:0:3": "1:0:0:2::3",
      "0:0:1:0:0:2:0:0": "::1:0:0:2:0:0",
      "1:0:2:3:4:5:6:7": "1:0:2:3:4:5:6:7",
      "::ffff:10.0.0.1": "::ffff:a00:1",
    };
    for (const [text, expected] of Object.entries(canonical)) {
      expect(addressText(addressBytes(text))).toBe(expected);
    }
    for (const text of ["", "10.0.0", "fe80::1%eth0", "::g", "1:2"]) {
      expect(() => addressBytes(text)).toThrow("is not an IPv4 or IPv6 address");
    }
  });

  test("are given and taken, IPv4 and IPv6 apart", () => {
    const { socket, index } = bridgedNetwork();
    const ipv4 = { index, address: "10.0.0.2", prefixLength: 24 };
    const ipv6 = { index, address: "fd00::2", prefixLength: 64 };
    socket.transact(addAddress(ipv4), addAddress(ipv6, { withoutDetection: true }));
    expect(socket.addresses()).toEqual([ipv4]);
    expect(socket.addresses(6)).toContainEqual(ipv6);
    expect(errno(() => socket.transact(addAddress(ipv6)))).toBe("EEXIST");
    socket.transact(removeAddress(ipv4), removeAddress(ipv6));
    expect(socket.addresses()).toEqual([]);
    expect(errno(() => socket.transact(removeAddress(ipv6)))).toBe("EADDRNOTAVAIL");
  });
});

describe("routes", () => {
  const network = (address: string, prefixLength: number) => {
    const it = bridgedNetwork();
    it.socket.transact(
      setLink("lo", { up: true }),
      addAddress({ index: it.index, address, prefixLength }, { withoutDetection: true }),
    );
    return it;
  };

  test("are set and listed", () => {
    const { socket, index } = network("10.0.0.2", 24);
    socket.transact(addRoute({ gateway: "10.0.0.1" }));
    expect(socket.routes()).toEqual([
      { destination: "0.0.0.0", prefixLength: 0, gateway: "10.0.0.1", index, metric: 0, advertised: false },
      { destination: "10.0.0.0", prefixLength: 24, gateway: undefined, index, metric: 0, advertised: false },
    ]);
  });

  test.each([
    ["10.0.0.2", 24, "10.9.0.0", 16, "10.0.0.1", "10.0.0.9"],
    ["fd00::2", 64, "fd09::", 48, "fd00::1", "fd00::9"],
  ] as const)(
    "through a gateway are added, replaced and deleted (%s)",
    (own, length, destination, prefixLength, gateway, other) => {
      const { socket, index } = network(own, length);
      const family = own.includes(":") ? 6 : 4;
      const route = { destination, prefixLength, gateway, metric: 50 };
      socket.transact(addRoute(route));
      expect(errno(() => socket.transact(addRoute(route)))).toBe("EEXIST");
      const ours = () => socket.routes(family).filter((it) => it.destination === destination);
      expect(ours()).toEqual([{ ...route, index, advertised: false }]);
      socket.transact(replaceRoute({ ...route, gateway: other }));
      expect(ours()).toEqual([{ ...route, gateway: other, index, advertised: false }]);
      socket.transact(deleteRoute({ destination, prefixLength }));
      expect(ours()).toEqual([]);
      expect(errno(() => socket.transact(deleteRoute({ destination, prefixLength })))).toBe("ESRCH");
    },
  );

  test.each([4, 6] as const)(
    "through an interface alone, and to gateways outside its network (IPv%d)",
    (family) => {
      const own = family === 4 ? "10.0.0.2" : "fd00::2";
      const far = family === 4 ? "192.0.2.1" : "fd99::1";
      const { socket, index } = network(own, family === 4 ? 32 : 128);
      expect(errno(() => socket.transact(addRoute({ gateway: far, index })))).toBeOneOf([
        "ENETUNREACH",
        "EHOSTUNREACH",
      ]);
      socket.transact(addRoute({ gateway: far, index, onLink: true, metric: 10 }));
      socket.transact(addRoute({ index, family, metric: 20 }));
      const defaults = socket.routes(family).filter((it) => it.prefixLength === 0);
      expect(defaults.map(({ gateway, metric }) => [gateway, metric])).toEqual([
        [far, 10],
        [undefined, 20],
      ]);
      socket.transact(deleteRoute({ gateway: far, index }), deleteRoute({ index, family }));
      expect(socket.routes(family).filter((it) => it.prefixLength === 0)).toEqual([]);
    },
  );

  test("of one family do not lead through an address of the other", () => {
    const mixed = { destination: "10.0.0.0", prefixLength: 8, gateway: "fd00::1" };
    expect((): NetlinkRequest => addRoute(mixed)).toThrow("an address of the other family");
  });

  test("are looked up for one target", () => {
    const { socket, index } = network("10.0.0.2", 24);
    expect(socket.routeTo("192.0.2.7")).toBeUndefined();
    expect(socket.routeTo("fd00::7")).toBeUndefined();
    socket.transact(addRoute({ destination: "192.0.2.0", prefixLength: 24, gateway: "10.0.0.1" }));
    expect(socket.routeTo("192.0.2.7")).toEqual({
      destination: "192.0.2.0",
      prefixLength: 24,
      gateway: "10.0.0.1",
      index,
      source: "10.0.0.2",
      local: false,
    });
    expect(socket.routeTo("10.0.0.5")).toMatchObject({ destination: "10.0.0.0", gateway: undefined, index });
    expect(socket.routeTo("10.0.0.2")?.local).toBe(true);
  });

  test("of other tables are listed where they are asked for", async () => {
    const { fd, socket } = network("10.0.0.2", 24);
    const inside = ["nsenter", `--net=/proc/${process.pid}/fd/${fd}`];
    const args = ["ip", "route", "add", "10.77.0.0/16", "via", "10.0.0.1", "table", "51820"];
    expect(await Bun.spawn([...inside, ...args]).exited).toBe(0);
    expect(socket.routes()).toHaveLength(1);
    expect(socket.routes(4, { allTables: true }).map(({ destination }) => destination)).toContain(
      "10.77.0.0",
    );
  });
});
