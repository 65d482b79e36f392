import { expect, test } from "bun:test";
import { listeners, parseSockets, takes } from "./listeners.ts";

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
   2: 0200000A:0050 0300000A:C350 01 00000000:00000000 00:00000000 00000000     0
   3: 000080FE00000000FF005450B6AD1DFE:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000
`;

test("sockets that wait, with their addresses", () => {
  expect(parseSockets(table, "0A")).toEqual([
    { address: "127.0.0.1", port: 5432 },
    { address: "0.0.0.0", port: 80 },
    { address: "fe80::5054:ff:fe1d:adb6", port: 8080 },
  ]);
});

test("this process's own", async () => {
  using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  expect(await listeners(process.pid, "tcp")).toContainEqual({ address: "127.0.0.1", port: server.port });
  expect(await listeners(2 ** 22, "tcp")).toBeUndefined();
});

test.each([
  ["0.0.0.0", "10.0.0.2", true],
  ["::", "10.0.0.2", true],
  ["::", "fd00::2", true],
  ["0.0.0.0", "fd00::2", false],
  ["127.0.0.1", "10.0.0.2", false],
  ["10.0.0.2", "10.0.0.2", true],
])("one at %s takes what is for %s: %p", (address, to, expected) => {
  expect(takes({ address, port: 1 }, to)).toBe(expected);
});
