import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseRecipe, type SuiteRecipe } from "./recipe.ts";

export const suiteRecipe = (ref: string): SuiteRecipe => parseRecipe({ ref }) as SuiteRecipe;

/** When the newest package of the fabricated tree was made. */
export const newest = Date.parse("2024-06-01T12:00:00Z");

/** Writes files by their paths below `root`; a text that begins with `->` makes a link. */
export function plant(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (text.startsWith("->")) symlinkSync(text.slice(2), join(root, path));
    else writeFileSync(join(root, path), text);
  }
}

/** A tree as an installation leaves it that ended on a certain day, on a certain host. */
export function plantSuite(root: string, day: Date, host: string): void {
  const days = Math.floor(day.getTime() / 86_400_000);
  const made = {
    "etc/apt/sources.list": "deb http://m.example/debian bookworm main\n",
    "etc/hostname": host,
    "etc/machine-id": `${host}-id\n`,
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "etc/resolv.conf": `search ${host}.example\n`,
    "etc/shadow": `root:*:${days}:0:99999:7:::\nold:*:19000:0:99999:7:::\nnever:*::0:::::\n`,
    "var/cache/apt/archives/a.deb": host,
    "var/cache/ldconfig/aux-cache": host,
    "var/lib/apt/lists/m.example_debian_dists_bookworm_Release": `Date: ${day.toUTCString()}\n`,
    "var/lib/dpkg/status": "Package: a\n",
    "var/log/bootstrap.log": day.toISOString(),
    "var/log/dpkg.log": day.toISOString(),
  };
  // The order of creation is no property of a tree, either.
  const entries = Object.entries(made);
  plant(root, Object.fromEntries(day.getTime() % 2 === 0 ? entries : entries.reverse()));
  const packaged = {
    "usr/bin/a": "#!/bin/sh\n",
    "usr/share/doc/a/changelog.Debian.gz": "a (1)",
    "usr/share/doc/a/copyright": "mine",
    "usr/share/doc/b": "->a",
    "usr/share/doc/c/changelog.gz": "c (2)",
    "usr/share/keyrings/debian-archive-keyring.gpg": "keys",
    "usr/share/locale/de/LC_MESSAGES/a.mo": "ja",
    "usr/share/man/man1/a.1.gz": "a - does it",
  };
  plant(root, packaged);
  for (const path of Object.keys(packaged)) {
    if (path.endsWith("/b")) continue;
    const time = new Date(path.includes("/c/") ? newest : Date.parse("2023-01-02T03:04:05Z"));
    utimesSync(join(root, path), time, time);
  }
  for (const path of Object.keys(made)) utimesSync(join(root, path), day, day);
}
