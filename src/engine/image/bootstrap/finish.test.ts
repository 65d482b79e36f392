import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportArchive } from "../../../layers/index.ts";
import { finish } from "./finish.ts";
import { newest, plantSuite, suiteRecipe } from "./testing.ts";

// Archives are made by a process of its own, which a busy machine is slow to start.
setDefaultTimeout(60_000);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-finish-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const served = [
  { mirror: "http://m.example/debian/", suite: "bookworm" },
  { mirror: "http://m.example/debian/", suite: "bookworm-updates" },
  { mirror: "http://m.example/debian-security/", suite: "bookworm-security" },
];
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

async function installed(ref: string, day: string, host: string): Promise<string> {
  const root = mkdtempSync(join(folder, "root-"));
  plantSuite(root, new Date(day), host);
  expect(await finish(root, suiteRecipe(ref), served, keyring)).toBe(newest);
  return root;
}

async function archiveOf(root: string): Promise<string> {
  return Bun.SHA256.hash(Buffer.concat(await Array.fromAsync(exportArchive(root))), "hex");
}

test.each(["debian:bookworm", "debian:bookworm-slim"])(
  "%s is the same whenever and wherever it was installed",
  async (ref) => {
    const one = await installed(ref, "2026-03-04T05:06:07.000Z", "one");
    const other = await installed(ref, "2027-08-09T10:11:12.013Z", "other");
    expect(await archiveOf(other)).toBe(await archiveOf(one));
  },
);

test("what tells of the day and the host is gone, what packages brought stays", async () => {
  const root = await installed("debian:bookworm", "2026-03-04T05:06:07Z", "one");
  const text = (path: string) => readFileSync(join(root, path), "utf8");
  const day = newest / 86_400_000;
  expect(text("etc/shadow")).toBe(
    `root:*:${Math.floor(day)}:0:99999:7:::\nold:*:19000:0:99999:7:::\nnever:*::0:::::\n`,
  );
  expect(text("etc/machine-id")).toBe("");
  expect(
    ["etc/hostname", "etc/resolv.conf", "var/log/dpkg.log"].map((path) => existsSync(join(root, path))),
  ).toEqual([false, false, false]);
  expect(readdirSync(join(root, "var/lib/apt/lists"))).toEqual(["partial"]);
  expect(lstatSync(join(root, "etc/passwd")).mtimeMs).toBe(newest);
  expect(lstatSync(join(root, "usr/bin/a")).mtime.toISOString()).toBe("2023-01-02T03:04:05.000Z");
  expect(text("usr/share/man/man1/a.1.gz")).toBe("a - does it");
  expect(lstatSync(root).mode & 0o777).toBe(0o755);
});

test("a tree without packages has no time", async () => {
  const root = mkdtempSync(join(folder, "root-"));
  expect(finish(root, suiteRecipe("debian:bookworm"), served, keyring)).rejects.toThrow("have no changelogs");
});
