import { expect, test } from "bun:test";
import { parseConfig } from "./file.ts";
import { parseFlags } from "./flags.ts";
import { servedRegistry } from "./served-registry.ts";

const flags = [
  "--registry-listen=0.0.0.0:5000",
  "--registry-tls-cert=/etc/registry.crt",
  "--registry-tls-key=/etc/registry.key",
  "--registry-htpasswd=/etc/users",
  "--registry-prefix=team,tools",
  "--registry-writable",
];
const file = {
  "registry-serve": {
    listen: "0.0.0.0:5000",
    "tls-cert": "/etc/registry.crt",
    "tls-key": "/etc/registry.key",
    htpasswd: "/etc/users",
    prefixes: ["team", "tools"],
    writable: true,
  },
};

test("flags and the file say the same", () => {
  const settings = servedRegistry(parseFlags(flags));
  expect(settings).toEqual({
    listen: "0.0.0.0:5000",
    tlsCert: "/etc/registry.crt",
    tlsKey: "/etc/registry.key",
    htpasswd: "/etc/users",
    prefixes: ["team", "tools"],
    writable: true,
    insecure: false,
  });
  expect(servedRegistry(parseConfig(JSON.stringify(file), "daemon.json"))).toEqual(settings);
});

test("without a word the engine is no registry", () => {
  expect(servedRegistry({})).toBeUndefined();
});

test.each([
  [["--registry-writable"], "registry-writable is for the engine's registry, which is not served"],
  [["--registry-htpasswd=/x"], "registry-htpasswd is for the engine's registry"],
  [
    ["--registry-listen=:5000", "--registry-tls-key=key"],
    'registry-tls-key must be an absolute path, not "key"',
  ],
])("%p is an error", (argv, message) => {
  expect(() => servedRegistry(parseFlags(argv))).toThrow(message);
});

test("an unknown member of the file's object is named", () => {
  expect(() => parseConfig('{"registry-serve": {"addr": ":1"}}', "daemon.json")).toThrow(
    "registry-serve.addr",
  );
  expect(() => parseConfig('{"registry-serve": true}', "daemon.json")).toThrow("registry-serve");
});
