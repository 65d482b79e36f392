import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, systemError } from "../../../errors/index.ts";

/** What differs from one run or one host to the next, or is of no use in an image. */
const cleaned = [
  "etc/apt/apt.conf.d/01autoremove-kernels",
  "etc/hostname",
  "etc/resolv.conf",
  "run/mount",
  "var/cache/apt/archives",
  "var/cache/apt/pkgcache.bin",
  "var/cache/apt/srcpkgcache.bin",
  "var/cache/ldconfig/aux-cache",
  "var/lib/apt/lists",
  "var/lib/dbus/machine-id",
  "var/lib/systemd/catalog/database",
  "var/log/alternatives.log",
  "var/log/apt",
  "var/log/bootstrap.log",
  "var/log/dpkg.log",
];
/** What apt wants to find. */
const emptied = ["var/cache/apt/archives/partial", "var/lib/apt/lists/partial", "var/log/apt"];

/** Takes out of an installed tree what is not of its packages but of the day and the host it was installed on. */
export async function clean(root: string): Promise<void> {
  for (const path of cleaned) await rm(join(root, path), { recursive: true, force: true });
  for (const path of emptied) await mkdir(join(root, path), { recursive: true });
  // Empty means to systemd that the machine has yet to get one: machine-id(5).
  await ifThere(truncate(join(root, "etc/machine-id")));
}

/**
 * Gives what was made at the installation the time of the newest package, in milliseconds since the epoch: files that
 * are younger, and the days in shadow(5) on which passwords were set.
 */
export async function setTimes(root: string, newest: number): Promise<void> {
  await Promise.all(["etc/shadow", "etc/shadow-"].map((path) => clampShadow(join(root, path), newest)));
  const time = `@${Math.floor(newest / 1000)}`;
  const touch = ["-exec", "touch", "--no-dereference", `--date=${time}`, "{}", "+"];
  const child = Bun.spawn(["find", root, "-xdev", "-newermt", time, ...touch], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const complaint = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw systemError(`cannot set times below ${root}: ${complaint.trim()}`);
}

const millisecondsPerDay = 86_400_000;

async function clampShadow(path: string, newest: number): Promise<void> {
  const text = await ifThere(readFile(path, "utf8"));
  if (text === undefined) return;
  const latest = Math.floor(newest / millisecondsPerDay);
  const clamped = text.replace(/^([^:\n]*:[^:\n]*:)(\d+)/gm, (_, before: string, day: string) => {
    return before + Math.min(Number(day), latest);
  });
  await writeFile(path, clamped);
}

/**
 * When the newest package of a tree was made, in milliseconds since the epoch: it depends on the packages alone, as
 * the date of the archive's Release file does not. Packages have their changelogs under the time of the last entry.
 */
export async function newestPackage(root: string): Promise<number> {
  const documents = join(root, "usr/share/doc");
  let newest = 0;
  for (const name of (await ifThere(readdir(documents))) ?? []) {
    for (const file of (await ifThere(readdir(join(documents, name)))) ?? []) {
      if (!file.startsWith("changelog")) continue;
      const { mtimeMs } = (await ifThere(stat(join(documents, name, file)))) ?? { mtimeMs: 0 };
      newest = Math.max(newest, Math.floor(mtimeMs / 1000) * 1000);
    }
  }
  if (newest === 0) throw systemError(`the packages in ${root} have no changelogs that tell their time`);
  return newest;
}

async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
    throw error;
  }
}
