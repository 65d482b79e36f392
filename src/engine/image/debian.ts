import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { invalid, systemError, unavailable } from "../../errors/index.ts";
import { exportArchive } from "../../layers/index.ts";
import { hostMirrors, sourcesList } from "./debian-sources.ts";
import type { Report } from "./progress.ts";

export interface DebianLayer {
  suite: string;
  /** Milliseconds since the epoch: the time of the suite's last change. */
  created: number;
  layer: AsyncIterable<Uint8Array>;
}

/** In place before the first package is: an interrupted bootstrap is thrown away, so nothing need be flushed. */
const speedup = "etc/dpkg/dpkg.cfg.d/docker-apt-speedup";

const files: Readonly<Record<string, string>> = {
  // Nobody starts daemons while packages are installed.
  "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
  "etc/apt/apt.conf.d/docker-clean":
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };\n' +
    'APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };\n' +
    'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n',
  "etc/apt/apt.conf.d/docker-no-languages": 'Acquire::Languages "none";\n',
  "etc/apt/apt.conf.d/docker-gzip-indexes": 'Acquire::GzipIndexes "true";\n',
  "etc/apt/apt.conf.d/docker-autoremove-suggests": 'Apt::AutoRemove::SuggestsImportant "false";\n',
  [speedup]: "force-unsafe-io\n",
};

/** What differs from one run to the next, or is of no use in an image. */
const cleaned = [
  "var/cache/apt/archives",
  "var/cache/apt/pkgcache.bin",
  "var/cache/apt/srcpkgcache.bin",
  "var/cache/ldconfig/aux-cache",
  "var/lib/apt/lists",
  "var/log/alternatives.log",
  "var/log/apt",
  "var/log/bootstrap.log",
  "var/log/dpkg.log",
  "etc/hostname",
  "etc/resolv.conf",
  "etc/machine-id",
];
const slimmed = ["usr/share/doc", "usr/share/info", "usr/share/locale", "usr/share/man"];

/** Names of the directories that Debian is made in. */
export const bootstrapPrefix = "bootstrap-";

/** A minimal Debian, made by debootstrap in a directory that is gone when the layer was read or something failed. */
export async function debianLayer(
  scratch: string,
  tag: string,
  report: Report,
  signal: AbortSignal,
): Promise<DebianLayer> {
  const slim = tag.endsWith("-slim");
  const suite = slim ? tag.slice(0, -"-slim".length) : tag === "latest" ? "stable" : tag;
  if (!/^[a-z]+$/.test(suite))
    throw invalid(`"${suite}" is no Debian suite: use for example debian:bookworm`);
  const mirrors = await hostMirrors();
  const mirror = mirrors.main;
  const root = await mkdtemp(join(scratch, bootstrapPrefix));
  try {
    report({ stream: `Fetching ${suite} from ${mirror}\n` });
    const sources = sourcesList(mirrors, suite, signal);
    sources.catch(() => undefined);
    await writeFiles(root, { [speedup]: files[speedup] ?? "" });
    await debootstrap(suite, root, mirror, report, signal);
    const created = await finish(root, await sources, slim);
    return { suite, created, layer: once(root, signal) };
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}

async function* once(root: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* exportArchive(root, signal);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function debootstrap(
  suite: string,
  root: string,
  mirror: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const program = Bun.which("debootstrap", { PATH: `${process.env.PATH}:/usr/sbin:/sbin` });
  if (program === null)
    throw unavailable("making a Debian image needs debootstrap: install the package debootstrap");
  // Namespaces of its own: what it mounts and starts is gone when it ends, however it ends.
  const namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"];
  const child = Bun.spawn([...namespaces, program, "--variant=minbase", suite, root, mirror], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
    signal,
    killSignal: "SIGKILL",
  });
  const complaints: string[] = [];
  const decoder = new TextDecoder();
  const relay = async () => {
    let rest = "";
    for await (const chunk of child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("E: ")) complaints.push(line.slice(3));
        report({ stream: `${line}\n` });
      }
    }
  };
  const [errors, status] = await Promise.all([new Response(child.stderr).text(), child.exited, relay()]);
  signal.throwIfAborted();
  const reason = [...complaints, ...errors.trim().split("\n")].filter(Boolean).slice(-3).join("; ");
  if (status !== 0) throw systemError(`debootstrap of ${suite} from ${mirror} failed: ${reason}`);
}

async function finish(root: string, sources: string, slim: boolean): Promise<number> {
  const created = await releaseDate(root);
  for (const path of [...cleaned, ...(slim ? slimmed : [])]) {
    await rm(join(root, path), { recursive: true, force: true });
  }
  for (const path of ["var/cache/apt/archives/partial", "var/lib/apt/lists/partial", "var/log/apt"]) {
    await mkdir(join(root, path), { recursive: true });
  }
  await writeFiles(root, files);
  await writeFile(join(root, "etc/apt/sources.list"), sources);
  await clampTimes(root, created);
  return created;
}

async function writeFiles(root: string, texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, { mode: path.endsWith("policy-rc.d") ? 0o755 : 0o644 });
  }
}

/** What was made here gets the time of the suite's last change, so that the same packages make the same layer. */
async function clampTimes(root: string, latest: number): Promise<void> {
  const time = `@${Math.floor(latest / 1000)}`;
  const touch = ["-exec", "touch", "--no-dereference", `--date=${time}`, "{}", "+"];
  const child = Bun.spawn(["find", root, "-xdev", "-newermt", time, ...touch], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const complaint = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw systemError(`cannot set times below ${root}: ${complaint.trim()}`);
}

/** The date that the archive's Release file has. */
async function releaseDate(root: string): Promise<number> {
  const lists = join(root, "var/lib/apt/lists");
  const name = (await readdir(lists)).find((file) => file.endsWith("Release"));
  const text = name === undefined ? "" : await readFile(join(lists, name), "utf8");
  const date = Date.parse(/^Date: (.*)$/m.exec(text)?.[1] ?? "");
  return Number.isNaN(date) ? Date.now() : date;
}
