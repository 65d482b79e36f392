import { expect, test } from "bun:test";
import { parseHost } from "./host.ts";

test.each([
  ["unix:///run/a.sock", { unix: "/run/a.sock" }],
  ["tcp://localhost:2375", { hostname: "localhost", port: 2375 }],
  ["tcp://10.0.0.1", { hostname: "10.0.0.1", port: 2375 }],
  ["tcp://[::1]:99", { hostname: "::1", port: 99 }],
  ["tcp://:4000", { hostname: "127.0.0.1", port: 4000 }],
])("%s is understood", (host, address) => {
  expect(parseHost(host)).toEqual(address);
});

test.each([
  ["ssh://me@there", "ssh:// is not supported"],
  ["unix://relative", "absolute path"],
  ["tcp://a:b:c", "use tcp://host:port"],
  ["tcp://a:70000", "use tcp://host:port"],
  ["/run/a.sock", "use unix:///path"],
])("%s is refused: %s", (host, reason) => {
  expect(() => parseHost(host)).toThrow(reason);
});
