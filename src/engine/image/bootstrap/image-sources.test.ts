import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSources } from "./image-sources.ts";
import { plant, suiteRecipe } from "./testing.ts";

let folder = "";
const read = (path: string) => readFileSync(join(folder, path), "utf8");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-sources-"));
  plant(folder, { "etc/apt/sources.list": "deb http://m.example/debian bookworm main\n" });
});
afterEach(() => rmSync(folder, { recursive: true }));

const served = (suite: string) => [
  { mirror: "http://m.example/debian/", suite },
  { mirror: "http://m.example/debian/", suite: `${suite}-updates` },
  { mirror: "http://s.example/debian-security/", suite: `${suite}-security` },
];

test("apt gets a stanza for each mirror, with the keys that the packages brought", async () => {
  plant(folder, { "usr/share/keyrings/debian-archive-keyring.pgp": "keys" });
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  await writeSources(folder, suiteRecipe("debian:13"), served("trixie"), keyring);
  expect(read("etc/apt/sources.list.d/debian.sources")).toBe(`Types: deb
URIs: http://m.example/debian/
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp

Types: deb
URIs: http://s.example/debian-security/
Suites: trixie-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp
`);
  expect(existsSync(join(folder, "etc/apt/sources.list"))).toBe(false);
});

test("older suites have the one-line style", async () => {
  plant(folder, { "usr/share/keyrings/ubuntu-archive-keyring.gpg": "keys" });
  const keyring = "/srv/ubuntu-archive-keyring.gpg";
  await writeSources(folder, suiteRecipe("ubuntu:22.04"), served("jammy").slice(0, 1), keyring);
  expect(read("etc/apt/sources.list")).toBe(
    "deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://m.example/debian/ jammy main restricted universe multiverse\n",
  );
});

test("the keys of a mirror that signs by itself come along", async () => {
  plant(folder, { "usr/share/keyrings/debian-archive-keyring.gpg": "keys", "host/ours.gpg": "our keys" });
  await writeSources(folder, suiteRecipe("debian:12"), served("bookworm"), join(folder, "host/ours.gpg"));
  expect(read("etc/apt/sources.list.d/debian.sources")).toContain("Signed-By: /etc/apt/keyrings/ours.gpg\n");
  expect(read("etc/apt/keyrings/ours.gpg")).toBe("our keys");
});
