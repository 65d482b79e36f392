import { type EntryType, tarHeader, type WritableEntry, writeTar } from "../../../archive/index.ts";
import { systemError, unavailable } from "../../../errors/index.ts";
import type { Base } from "./base.ts";

const secondsPerDay = 86_400;
const directories = [
  "bin",
  "dev",
  "etc",
  "etc/network",
  "etc/network/if-up.d",
  "home",
  "proc",
  "root",
  "sys",
  "tmp",
  "usr",
  "usr/bin",
  "usr/sbin",
  "var",
  "var/spool",
  "var/spool/mail",
  "var/www",
];
const modes: Readonly<Record<string, number>> = { tmp: 0o1777, root: 0o700 };

const files: Readonly<Record<string, string>> = {
  "etc/passwd": [
    "root:x:0:0:root:/root:/bin/sh",
    "daemon:x:1:1:daemon:/usr/sbin:/bin/false",
    "bin:x:2:2:bin:/bin:/bin/false",
    "sys:x:3:3:sys:/dev:/bin/false",
    "sync:x:4:100:sync:/bin:/bin/sync",
    "mail:x:8:8:mail:/var/spool/mail:/bin/false",
    "www-data:x:33:33:www-data:/var/www:/bin/false",
    "operator:x:37:37:Operator:/var:/bin/false",
    "nobody:x:65534:65534:nobody:/home:/bin/false",
    "",
  ].join("\n"),
  "etc/group": [
    "root:x:0:",
    "daemon:x:1:",
    "bin:x:2:",
    "sys:x:3:",
    "adm:x:4:",
    "tty:x:5:",
    "disk:x:6:",
    "mail:x:8:",
    "www-data:x:33:",
    "users:x:100:",
    "nobody:x:65534:",
    "",
  ].join("\n"),
  "etc/shadow": "root:*:::::::\nnobody:*:::::::\n",
  "etc/nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n",
};

/** A root file system around the host's static busybox: one program under the names of all that it can do. */
export async function busyboxBase(): Promise<Base> {
  const path = Bun.which("busybox", { PATH: "/bin:/usr/bin:/sbin" });
  if (path === null) throw missing("there is none");
  const program = new Uint8Array(await Bun.file(path).arrayBuffer());
  if (Buffer.from(program.buffer).includes("/ld-linux")) throw missing(`${path} is linked dynamically`);
  const applets = (await output([path, "--list"])).split("\n").filter((name) => /^[\w[.+-]+$/.test(name));
  const version = /v(\d+\.\d+\.\d+)/.exec(await output([path, "--help"]))?.[1] ?? "unknown";
  // The program's own time, so that the same program makes the same image.
  const day = Math.floor(Bun.file(path).lastModified / 1000 / secondsPerDay) * secondsPerDay;
  const mtime = BigInt(day) * 1_000_000_000n;
  return {
    title: "busybox",
    version,
    created: day * 1000,
    command: "sh",
    comment: `BusyBox ${version}`,
    layer: writeTar(entries(program, applets, mtime)),
    [Symbol.asyncDispose]: async () => {},
  };
}

function* entries(program: Uint8Array, applets: readonly string[], mtime: bigint): Generator<WritableEntry> {
  const member = (name: string, type: EntryType, linkName = "") =>
    tarHeader({ name, type, linkName, mtime, mode: modes[name] ?? 0o755 });
  for (const name of directories) yield { header: member(name, "directory") };
  yield { header: { ...member("bin/busybox", "file"), size: program.length }, body: program };
  for (const name of applets.toSorted()) {
    if (name !== "busybox") yield { header: member(`bin/${name}`, "hardlink", "bin/busybox") };
  }
  yield { header: member("usr/bin/env", "symlink", "../../bin/env") };
  for (const [name, text] of Object.entries(files)) {
    const body = Buffer.from(text);
    const mode = name === "etc/shadow" ? 0o640 : 0o644;
    yield { header: { ...member(name, "file"), mode, size: body.length }, body };
  }
}

async function output(command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdio: ["ignore", "pipe", "pipe"] });
  const [text, status] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  if (status !== 0) throw systemError(`${command.join(" ")} exited with ${status}`);
  return text;
}

function missing(reason: string): Error {
  return unavailable(
    `the image needs a static busybox on this host, and ${reason}: install the package busybox-static`,
  );
}
