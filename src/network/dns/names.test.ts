import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { decode } from "dns-packet";
import { inNamespace } from "../../os/netns.ts";
import {
  ask,
  backend,
  closeAfterEach,
  closed,
  closing,
  edns,
  exchangeTcp,
  exchangeUdp,
  frontend,
  namespace,
  question,
  served,
  summary,
} from "./dns.fixture.ts";
import { Names } from "./names.ts";

closeAfterEach();

const web = {
  endpointId: "e1",
  names: ["web", "0123456789ab", "Shop"],
  canonical: "web",
  ipv4: "172.18.0.2",
  ipv6: "fd00:18::2",
};

test("answers names, aliases and ids, with and without the network's name, in any case", async () => {
  const { names, fd } = await served();
  names.register(backend, web);
  for (const name of ["web", "WEB", "web.backend", "Web.Backend", "shop", "0123456789ab", "web."]) {
    expect([name, await ask(fd, name)]).toEqual([name, "0 172.18.0.2"]);
  }
  expect(await ask(fd, "web", "AAAA")).toBe("0 fd00:18::2");
  expect(await ask(fd, "web.frontend")).toBe("2");
});

test("a name without an address of that kind, or a record of that type, is there all the same", async () => {
  const { names, fd } = await served();
  names.register(backend, { endpointId: "e1", names: ["web"], canonical: "web", ipv4: "172.18.0.2" });
  for (const type of ["AAAA", "MX", "TXT", "SRV"])
    expect([type, await ask(fd, "web", type)]).toEqual([type, "0"]);
});

test("names have dots, and so have networks", async () => {
  const dotted = { networkId: "n1", name: "my.net" };
  const { names, fd } = await served({ networks: [dotted], forward: false });
  names.register(dotted, { ...web, names: ["api.example.com"], canonical: "api" });
  for (const name of ["api.example.com", "api.example.com.my.net", "api.my.net"]) {
    expect([name, await ask(fd, name)]).toEqual([name, "0 172.18.0.2"]);
  }
  expect(await ask(fd, "api.net")).toBe("2");
});

test("tells the names of addresses of both kinds, of its networks only", async () => {
  const { names, fd } = await served();
  names.register(backend, web);
  names.register(frontend, { ...web, canonical: "hidden", ipv4: "172.19.0.2", ipv6: "fd00:19::2" });
  expect(await ask(fd, "2.0.18.172.in-addr.arpa", "PTR")).toBe("0 web.backend");
  const nibbles = `2.${"0.".repeat(19)}8.1.0.0.0.0.d.f.ip6.arpa`;
  expect(await ask(fd, nibbles, "PTR")).toBe("2");
  const reverse = `${[..."fd000018000000000000000000000002"].reverse().join(".")}.IP6.arpa`;
  expect(await ask(fd, reverse, "PTR")).toBe("0 web.backend");
  expect(await ask(fd, "2.0.19.172.in-addr.arpa", "PTR")).toBe("2");
});

test("the first network that has a name decides", async () => {
  const { names, fd } = await served({ networks: [frontend, backend], forward: false });
  names.register(backend, web);
  names.register(frontend, { ...web, ipv4: "172.19.0.2" });
  expect(await ask(fd, "web")).toBe("0 172.19.0.2");
  expect(await ask(fd, "web.backend")).toBe("0 172.18.0.2");
  names.update("s1", { networks: [backend, frontend], forward: false });
  expect(await ask(fd, "web")).toBe("0 172.18.0.2");
});

test("a change of names or addresses is seen by the next question", async () => {
  const { names, fd } = await served();
  expect(await ask(fd, "web")).toBe("2");
  names.register(backend, web);
  expect(await ask(fd, "web")).toBe("0 172.18.0.2");
  names.register(backend, { ...web, names: ["other"], canonical: "other", ipv4: "172.18.0.3" });
  expect(await ask(fd, "web")).toBe("2");
  expect(await ask(fd, "other")).toBe("0 172.18.0.3");
  expect(await ask(fd, "2.0.18.172.in-addr.arpa", "PTR")).toBe("2");
  names.unregister(backend.networkId, "e1");
  names.unregister(backend.networkId, "e1");
  expect(await ask(fd, "other")).toBe("2");
});

test("an alias that several have answers with all of them, each first in its turn", async () => {
  const { names, fd } = await served();
  for (const n of [2, 3, 4]) {
    names.register(backend, {
      endpointId: `e${n}`,
      names: ["db"],
      canonical: `db${n}`,
      ipv4: `172.18.0.${n}`,
    });
  }
  const first = new Map<string, number>();
  for (let round = 0; round < 100; round++) {
    const [code, ...addresses] = (await ask(fd, "db")).split(" ");
    expect([code, ...addresses.toSorted()]).toEqual(["0", "172.18.0.2", "172.18.0.3", "172.18.0.4"]);
    first.set(addresses[0] ?? "", (first.get(addresses[0] ?? "") ?? 0) + 1);
  }
  expect([...first.keys()].toSorted()).toEqual(["172.18.0.2", "172.18.0.3", "172.18.0.4"]);
});

test("links are this sandbox's own names for others", async () => {
  const { names, fd } = await served({ ...closed, links: { Database: "web" } });
  names.register(backend, web);
  expect(await ask(fd, "database")).toBe("0 172.18.0.2");
  expect(await ask(fd, "database.backend")).toBe("0 172.18.0.2");
  names.update("s1", closed);
  expect(await ask(fd, "database")).toBe("2");
});

test("the host has its names, unless a container has them", async () => {
  const { names, fd } = await served({ ...closed, hostAddresses: ["172.18.0.1", "fd00:18::1"] });
  for (const name of ["host.docker.internal", "Host.Slipway.Internal", "gateway.docker.internal"]) {
    expect([name, await ask(fd, name)]).toEqual([name, "0 172.18.0.1"]);
  }
  expect(await ask(fd, "host.docker.internal", "AAAA")).toBe("0 fd00:18::1");
  names.register(backend, { ...web, names: ["host.docker.internal"] });
  expect(await ask(fd, "host.docker.internal")).toBe("0 172.18.0.2");
});

test("what does not fit into a datagram is cut and said to be, and comes whole over TCP", async () => {
  const { names, fd } = await served();
  for (let n = 1; n <= 100; n++) {
    names.register(backend, {
      endpointId: `e${n}`,
      names: ["many"],
      canonical: `c${n}`,
      ipv4: `172.18.1.${n}`,
    });
  }
  const plain = await exchangeUdp(fd, question("many", "A"));
  expect(plain.length).toBeLessThanOrEqual(512);
  expect(decode(plain).flag_tc).toBe(true);
  expect(decode(plain).answers?.length).toBeGreaterThan(15);
  const extended = decode(await exchangeUdp(fd, question("many", "A", { additionals: [edns] })));
  expect(extended.flag_tc).toBe(false);
  expect(extended.answers).toHaveLength(100);
  expect(extended.additionals?.map(({ type }) => type)).toEqual(["OPT"]);
  const [whole = Buffer.alloc(0)] = await exchangeTcp(fd, question("many", "A"));
  expect(decode(whole).flag_tc).toBe(false);
  expect(decode(whole).answers).toHaveLength(100);
  expect(decode(whole).answers?.[0]).toMatchObject({ name: "many", type: "A", ttl: 0 });
});

test("answers every question on one TCP connection", async () => {
  const { names, fd } = await served();
  names.register(backend, web);
  const responses = await exchangeTcp(
    fd,
    question("web", "A"),
    question("web", "AAAA"),
    question("nobody", "A"),
  );
  expect(responses.map(summary).toSorted()).toEqual(["0 172.18.0.2", "0 fd00:18::2", "2"]);
});

test("bears what is no question", async () => {
  const { names, fd } = await served();
  names.register(backend, web);
  const broken = question("web", "A");
  broken.writeUInt16BE(7, 4);
  expect(summary(await exchangeUdp(fd, broken))).toBe("1");
  expect(summary(await exchangeUdp(fd, question("web", "A").subarray(0, 14)))).toBe("1");
  const update = question("web", "A");
  update.writeUInt16BE(0x2800, 2);
  expect(summary(await exchangeUdp(fd, update))).toBe("4");
  const response = question("web", "A");
  response.writeUInt16BE(0x8000, 2);
  const [only] = await exchangeTcp(fd, response, Buffer.from("x"), question("web", "A"));
  expect(summary(only!)).toBe("0 172.18.0.2");
  expect(await ask(fd, "web")).toBe("0 172.18.0.2");
});

test("leaves port 53 to the container, and its own name server apart", async () => {
  const { names, fd } = await served();
  names.register(backend, web);
  const own = inNamespace(fd, () => ({
    udp: Bun.udpSocket({
      hostname: "0.0.0.0",
      port: 53,
      socket: { data: (it, _, port, from) => void it.send("mine", port, from) },
    }),
    tcp: Bun.listen({ hostname: "0.0.0.0", port: 53, socket: { data: (it) => void it.end("mine") } }),
  }));
  closing(await own.udp);
  closing({ close: () => own.tcp.stop(true) });
  expect(await ask(fd, "web")).toBe("0 172.18.0.2");
  const { promise, resolve } = Promise.withResolvers<string>();
  const client = await inNamespace(fd, () =>
    Bun.udpSocket({
      connect: { hostname: "127.0.0.1", port: 53 },
      socket: { data: (_, data) => resolve(data.toString()) },
    }),
  );
  closing(client).send("?");
  expect(await promise).toBe("mine");
});

test("an engine that follows a dead one serves in the same namespace, at other ports", async () => {
  const { fd } = await served();
  const next = closing(new Names({ log: console.error }));
  next.register(backend, web);
  await next.serve({ id: "s1", fd }, closed);
  expect(await ask(fd, "web")).toBe("0 172.18.0.2");
  const [overTcp] = await exchangeTcp(fd, question("web", "A"));
  expect(summary(overTcp!)).toBe("0 172.18.0.2");
});

test("serving twice changes the settings, and what has stopped answers nobody", async () => {
  const { names, fd } = await served({ networks: [], forward: false });
  names.register(backend, web);
  expect(await ask(fd, "web")).toBe("2");
  await names.serve({ id: "s1", fd }, closed);
  expect(await ask(fd, "web")).toBe("0 172.18.0.2");
  names.stop("s1");
  names.stop("s1");
  names.update("s1", closed);
  await expect(exchangeTcp(fd, question("web", "A"))).rejects.toThrow();
});

test("has room for 64 connections, and for more when one of them has left", async () => {
  const { names, fd } = await served();
  names.register(backend, web);
  const connect = () =>
    inNamespace(fd, () =>
      Bun.connect({ hostname: "127.0.0.11", port: 53, socket: { data: () => undefined } }),
    ).then((socket) => closing({ close: () => socket.terminate() }));
  const [first] = await Promise.all(Array.from({ length: 64 }, connect));
  expect(await exchangeTcp(fd, question("web", "A"))).toEqual([]);
  first?.close();
  const deadline = performance.now() + 5_000;
  let answers: Buffer[] = [];
  while (answers.length === 0 && performance.now() < deadline) {
    answers = await exchangeTcp(fd, question("web", "A"));
  }
  expect(answers.map(summary)).toEqual(["0 172.18.0.2"]);
});

test("leaves nothing open", async () => {
  const open = () => readdirSync("/proc/self/fd").length;
  const fd = namespace();
  const before = open();
  const names = closing(new Names({ log: console.error }));
  for (const id of ["s1", "s2", "s3"]) await names.serve({ id, fd }, { ...closed, servers: ["127.0.0.1"] });
  const unanswered = exchangeTcp(fd, question("far.example", "A")).catch(() => undefined);
  expect(open()).toBeGreaterThan(before + 8);
  names.stop("s2");
  names.close();
  await unanswered;
  const deadline = performance.now() + 5_000;
  while (open() > before && performance.now() < deadline) await Bun.sleep(5);
  expect(open()).toBeLessThanOrEqual(before);
});

test("a sandbox sees its own networks only", async () => {
  const { names, fd } = await served();
  const other = namespace();
  await names.serve({ id: "s2", fd: other }, { networks: [frontend], forward: false });
  names.register(backend, web);
  expect(await ask(fd, "web")).toBe("0 172.18.0.2");
  expect(await ask(other, "web")).toBe("2");
});

test("a resolver in a container's place finds names both ways", async () => {
  const { names, fd } = await served();
  names.register(backend, web);
  const program = `
    const { Resolver } = require("node:dns").promises;
    const resolver = new Resolver();
    resolver.setServers(["127.0.0.11"]);
    console.log(await resolver.resolve4("web.backend"), await resolver.resolve6("web"), await resolver.reverse("172.18.0.2"));`;
  const child = Bun.spawn(
    ["nsenter", `--net=/proc/${process.pid}/fd/${fd}`, process.execPath, "-e", program],
    {
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  const text = await new Response(child.stdout).text();
  expect(text.replace(/\s+/g, "")).toBe('["172.18.0.2"]["fd00:18::2"]["web.backend"]');
});
