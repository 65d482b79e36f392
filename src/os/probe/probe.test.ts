import { expect, test } from "bun:test";
import { closeSync } from "node:fs";
import { addAddress, createVeth, deleteLink, RouteSocket, setLink } from "../netlink/index.ts";
import { createNamespace, inNamespace } from "../netns.ts";
import { probeEcho, probeTcp, probeUdp } from "./index.ts";

const { signal } = new AbortController();

/** Two namespaces on one wire: 10.9.8.1 and fd09:8::1, 10.9.8.2 and fd09:8::2. */
function wire() {
  const ends = [1, 2].map((number) => {
    const { fd, result: route } = createNamespace(() => new RouteSocket());
    return { fd, route, number };
  });
  const [one, two] = ends as [(typeof ends)[0], (typeof ends)[0]];
  one.route.transact(createVeth("w", { up: true }, { name: "w", namespaceFd: two.fd }));
  for (const { route, number } of ends) {
    route.transact(setLink("w", { up: true }), setLink("lo", { up: true }));
    const { index } = route.link("w")!;
    route.transact(
      addAddress({ index, address: `10.9.8.${number}`, prefixLength: 24 }),
      addAddress({ index, address: `fd09:8::${number}`, prefixLength: 64 }, { withoutDetection: true }),
    );
  }
  return {
    here: one.fd,
    there: two.fd,
    [Symbol.dispose]() {
      one.route.transact(deleteLink("w"));
      for (const { fd, route } of ends) {
        route[Symbol.dispose]();
        closeSync(fd);
      }
    },
  };
}

test("a port that is open, one that is not, and an address that nobody has", async () => {
  using net = wire();
  using server = inNamespace(net.there, () =>
    Bun.listen({ hostname: "::", port: 0, socket: { data: () => undefined } }),
  );
  for (const address of ["10.9.8.2", "fd09:8::2"]) {
    const target = { address, port: server.port };
    expect(await probeTcp(net.here, target, 2000, signal)).toEqual({ kind: "answered" });
    expect(await probeTcp(net.here, { address, port: 1 }, 2000, signal)).toEqual({ kind: "refused" });
    expect(await probeEcho(net.here, address, 2000, signal)).toEqual({ kind: "answered" });
  }
  expect(await probeTcp(net.here, { address: "10.9.8.9", port: 1 }, 50, signal)).toEqual({ kind: "silent" });
  expect(await probeEcho(net.here, "10.9.8.9", 50, signal)).toEqual({ kind: "silent" });
  const outside = await probeTcp(net.here, { address: "10.1.1.1", port: 1 }, 2000, signal);
  expect(outside).toEqual({ kind: "unreachable", errno: "ENETUNREACH" });
});

test("datagrams: an answer, a refusal, silence", async () => {
  using net = wire();
  const server = await inNamespace(net.there, () =>
    Bun.udpSocket({
      hostname: "10.9.8.2",
      socket: {
        data: (socket, bytes, port, address) => void (bytes.length > 1 && socket.send("yes", port, address)),
      },
    }),
  );
  const target = { address: "10.9.8.2", port: server.port };
  const payload = (text: string) => Buffer.from(text);
  expect(await probeUdp(net.here, target, payload("hello"), 2000, signal)).toEqual({ kind: "answered" });
  expect(await probeUdp(net.here, target, payload("x"), 50, signal)).toEqual({ kind: "silent" });
  server.close();
  expect(await probeUdp(net.here, target, payload("hello"), 2000, signal)).toEqual({ kind: "refused" });
});

test("a probe ends with its signal", async () => {
  using net = wire();
  const abort = new AbortController();
  const probe = probeEcho(net.here, "10.9.8.9", 60_000, abort.signal);
  abort.abort();
  await expect(probe).rejects.toMatchObject({ kind: "cancelled" });
});
