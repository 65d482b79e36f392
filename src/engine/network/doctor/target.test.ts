import { expect, test } from "bun:test";
import { parseTarget } from "./target.ts";

test.each([
  ["db", "db", undefined],
  ["db:5432", "db", 5432],
  ["example.com.", "example.com", undefined],
  ["10.0.0.7:80", "10.0.0.7", 80],
  ["fd00::7", "fd00::7", undefined],
  ["[fd00::7]:80", "fd00::7", 80],
  ["[fd00::7]", "fd00::7", undefined],
  ["https://user:secret@example.com/path?query", "example.com", 443],
  ["http://db:8080/", "db", 8080],
  ["postgres://db/shop", "db", 5432],
  ["strange://db", "db", undefined],
])("%s", (text, host, port) => {
  expect(parseTarget(text)).toEqual({ text, host, protocol: "tcp", ...(port && { port }) });
});

test.each(["", ":80", "db:", "db:0", "db:65536", "db:http", "a b", "[10.0.0.1]:80", "fd00::7%eth0", "-db"])(
  "no target: %p",
  (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ kind: "invalid" }));
  },
);
