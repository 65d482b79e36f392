import { expect, test } from "bun:test";
import * as net from "node:net";
import { isIP } from "./ip.ts";

const texts = [
  "1.2.3.4",
  "255.255.255.255",
  "256.1.1.1",
  "01.2.3.4",
  "1.2.3",
  "::",
  "::1",
  "fe80::1",
  "1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7",
  "::ffff:1.2.3.4",
  "g::1",
  "",
  "a",
  "1::2::3",
  "[::1]",
];
test.each(texts)("%j is judged as node:net judges it", (text) => {
  expect(isIP(text)).toBe(net.isIP(text) as 0 | 4 | 6);
});
