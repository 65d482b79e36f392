import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "dns-packet";
import type { ResolverSettings } from "../model.ts";
import {
  ask,
  backend,
  closeAfterEach,
  closing,
  edns,
  exchangeTcp,
  exchangeUdp,
  question,
  served,
  summary,
} from "./dns.fixture.ts";
import { says, upstream } from "./upstream.fixture.ts";

closeAfterEach();

const PATIENCE = 700;
const SERVFAIL = 2;
const REFUSED = 5;
const TRUNCATED = 0x0200;
/** Of the host's loopback, and of this run's own. */
const host = (n: number) => `127.${1 + (process.pid % 200)}.${(process.pid >> 8) % 200}.${n}`;
const open: ResolverSettings = { networks: [backend], forward: true };

function resolvConf(...servers: string[]): { path: string; write: (...servers: string[]) => void } {
  const directory = mkdtempSync(join(tmpdir(), "slipway-dns-"));
  closing({ close: () => rmSync(directory, { recursive: true }) });
  const path = join(directory, "resolv.conf");
  const write = (...lines: string[]) =>
    writeFileSync(path, lines.map((server) => `nameserver ${server}\n`).join(""));
  write(...servers);
  return { path, write };
}

const servedBy = (...servers: string[]) =>
  served(open, { resolvConf: resolvConf(...servers).path, patience: PATIENCE });

test("asks the host's servers from the host, and passes their words on as they are", async () => {
  const seen: Buffer[] = [];
  await upstream(host(1), (it) => {
    seen.push(it);
    return says(it, ["203.0.113.7"], { additionals: [edns] });
  });
  const { fd } = await servedBy(host(1));
  const bytes = question("Example.COM", "A", { additionals: [edns] });
  const response = await exchangeUdp(fd, bytes);
  expect(summary(response)).toBe("0 203.0.113.7");
  expect(decode(response).id).toBe(4711);
  expect(decode(response).additionals).toHaveLength(1);
  expect(seen[0]?.subarray(2)).toEqual(bytes.subarray(2));
});

test("asks the user's servers from inside, also where nothing leads out", async () => {
  const { names, fd } = await served({ ...open, forward: false, servers: ["127.0.0.1"] });
  await upstream("127.0.0.1", (it) => says(it, ["203.0.113.8"]), { namespace: fd });
  expect(await ask(fd, "example.com")).toBe("0 203.0.113.8");
  expect(summary((await exchangeTcp(fd, question("example.com", "A")))[0]!)).toBe("0 203.0.113.8");
  names.update("s1", { ...open, servers: ["127.0.0.11"] });
  expect(await ask(fd, "example.com")).toBe("2");
});

test("asks nobody where nothing leads out", async () => {
  const { asked } = await upstream(host(1), (it) => says(it, ["203.0.113.7"]));
  const { path } = resolvConf(host(1));
  const { fd } = await served({ ...open, forward: false }, { resolvConf: path });
  expect(await ask(fd, "example.com")).toBe("2");
  expect(asked).toEqual([]);
});

test("goes on with the next server when one refuses, fails, is not there or says nothing", async () => {
  await upstream(host(1), (it) => says(it, [], { flags: REFUSED }));
  await upstream(host(2), (it) => says(it, [], { flags: SERVFAIL }));
  await upstream(host(3), () => undefined);
  const last = await upstream(host(4), (it) => says(it, ["203.0.113.7"]));
  const expectAnswer = async (...servers: string[]) => {
    const { fd } = await servedBy(...servers);
    expect(await ask(fd, "example.com")).toBe("0 203.0.113.7");
    expect(summary((await exchangeTcp(fd, question("example.com", "A")))[0]!)).toBe("0 203.0.113.7");
  };
  await expectAnswer(host(1), host(2), host(4));
  await expectAnswer(host(3), host(9), host(4));
  expect(last.asked).toEqual(["udp", "tcp", "udp", "tcp"]);
  const { fd } = await servedBy(host(1), host(2), host(9), host(4));
  expect(await ask(fd, "example.com")).toBe("2");
});

test("a name that does not exist does not exist", async () => {
  await upstream(host(1), (it) => says(it, [], { flags: 3 }));
  const { asked } = await upstream(host(2), (it) => says(it, ["203.0.113.7"]));
  const { fd } = await servedBy(host(1), host(2));
  expect(await ask(fd, "example.com")).toBe("3");
  expect(asked).toEqual([]);
});

test("takes no answer to another question", async () => {
  await upstream(host(1), (it) => {
    const other = says(question("other.example", "A", { id: it.readUInt16BE(0) }), ["203.0.113.66"]);
    const wrongId = says(it, ["203.0.113.66"]);
    wrongId.writeUInt16BE((it.readUInt16BE(0) + 1) & 0xffff, 0);
    return it.readUInt16BE(0) % 2 === 0 ? other : wrongId;
  });
  await upstream(host(2), (it) => says(it, ["203.0.113.7"]));
  const { fd } = await servedBy(host(1), host(2));
  for (let round = 0; round < 2; round++) expect(await ask(fd, "example.com")).toBe("0 203.0.113.7");
});

test("an answer that is cut is fetched whole over TCP", async () => {
  const all = Array.from({ length: 100 }, (_, n) => `203.0.113.${n}`);
  const { asked } = await upstream(host(1), (it, transport) =>
    transport === "udp" ? says(it, [], { flags: TRUNCATED }) : says(it, all),
  );
  const { fd } = await servedBy(host(1));
  expect(decode(await exchangeUdp(fd, question("big.example", "A"))).flag_tc).toBe(true);
  const [whole] = await exchangeTcp(fd, question("big.example", "A"));
  expect(decode(whole!).answers).toHaveLength(100);
  expect(asked).toEqual(["udp", "tcp"]);
});

test("asks a server that takes no connections by datagrams", async () => {
  const { asked } = await upstream(host(1), (it) => says(it, ["203.0.113.7"]), { tcp: false });
  const { fd } = await servedBy(host(1));
  const [response] = await exchangeTcp(fd, question("example.com", "A"));
  expect(summary(response!)).toBe("0 203.0.113.7");
  expect(asked).toEqual(["udp"]);
});

test("keeps names of containers to itself, whatever is asked of them", async () => {
  const { asked } = await upstream(host(1), (it) => says(it, [], { flags: 3 }));
  const { names, fd } = await servedBy(host(1));
  names.register(backend, { endpointId: "e1", names: ["web"], canonical: "web", ipv4: "172.18.0.2" });
  for (const type of ["AAAA", "TXT", "MX"]) expect(await ask(fd, "web", type)).toBe("0");
  expect(asked).toEqual([]);
  expect(await ask(fd, "nobody")).toBe("3");
});

test("leaves names of one label to the search domains where somebody set ndots", async () => {
  const { asked } = await upstream(host(1), (it) => says(it, ["203.0.113.7"]));
  const { path } = resolvConf(host(1));
  const { fd } = await served({ ...open, keepSingleLabels: true }, { resolvConf: path });
  expect(await ask(fd, "printer")).toBe("0");
  expect(asked).toEqual([]);
  expect(await ask(fd, "printer.example")).toBe("0 203.0.113.7");
  expect(await ask(fd, "printer", "TXT")).toBe("0 203.0.113.7");
});

test("follows the host when it gets other servers", async () => {
  await upstream(host(1), (it) => says(it, ["203.0.113.1"]));
  await upstream(host(2), (it) => says(it, ["203.0.113.2"]));
  const file = resolvConf(host(1));
  const { fd } = await served(open, { resolvConf: file.path });
  expect(await ask(fd, "example.com")).toBe("0 203.0.113.1");
  file.write(host(2));
  const deadline = performance.now() + 10_000;
  let answer = "";
  while (answer !== "0 203.0.113.2" && performance.now() < deadline) {
    answer = await ask(fd, "example.com");
    await Bun.sleep(20);
  }
  expect(answer).toBe("0 203.0.113.2");
});

test("refuses what is too much at once, and says so once", async () => {
  const { asked } = await upstream(host(1), () => undefined);
  const { path } = resolvConf(host(1));
  const { names, fd, log } = await served(open, { resolvConf: path, patience: 60_000 });
  const each = (connection: number) =>
    Array.from({ length: 128 }, (_, n) => question(`n${n}.c${connection}.example`, "A"));
  const waiting = Promise.allSettled(
    Array.from({ length: 8 }, (_, connection) => exchangeTcp(fd, ...each(connection))),
  );
  const deadline = performance.now() + 10_000;
  while (asked.length < 1024 && performance.now() < deadline) await Bun.sleep(5);
  expect(asked).toHaveLength(1024);
  expect(await ask(fd, "one.more")).toBe(String(REFUSED));
  expect(await ask(fd, "one.more")).toBe(String(REFUSED));
  expect(log).toHaveLength(1);
  names.stop("s1");
  await waiting;
});
