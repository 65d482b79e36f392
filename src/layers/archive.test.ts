import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeHeader, endOfArchive, padding, readTar, type TarHeader, tarHeader } from "../archive/index.ts";
import { exportArchive, getArchive, putArchive, statPath } from "./index.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync("/tmp/slipway-fsarchive-");
  mkdirSync(join(root, "dir/sub"), { recursive: true });
  writeFileSync(join(root, "dir/file"), "content", { mode: 0o640 });
  writeFileSync(join(root, "dir/sub/.x"), "x");
  symlinkSync("/dir/file", join(root, "link"));
  symlinkSync("../../../dir", join(root, "dirlink"));
  symlinkSync("/nowhere/../gone", join(root, "broken"));
});
afterEach(() => rmSync(root, { recursive: true }));

async function names(stream: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found: string[] = [];
  for await (const { header } of readTar(stream)) found.push(header.name);
  return found;
}

function stream(
  ...members: (Partial<TarHeader> & { name: string; content?: string })[]
): ReadableStream<Uint8Array> {
  return new Blob([tar(...members)]).stream();
}

function tar(...members: (Partial<TarHeader> & { name: string; content?: string })[]): Buffer<ArrayBuffer> {
  const parts = members.flatMap(({ content = "", ...header }) => [
    encodeHeader(tarHeader({ ...header, size: content.length })),
    Buffer.from(content),
    padding(content.length),
  ]);
  return Buffer.concat([...parts, endOfArchive]);
}

test("a path's stat is what Docker says of it", async () => {
  const { mtime, ...file } = await statPath({ root }, "/dir/file");
  expect(file).toEqual({ name: "file", size: 7, mode: 0o640, linkTarget: "" });
  expect(mtime).toMatch(/^\d{4}-.*Z$/);
  expect(await statPath({ root }, "dir/")).toMatchObject({ name: "dir", mode: 2 ** 31 + 0o755 });
  expect(await statPath({ root }, "/link")).toMatchObject({ mode: 2 ** 27 + 0o777, linkTarget: "/dir/file" });
  expect(await statPath({ root }, "/dirlink")).toMatchObject({ linkTarget: "/dir" });
  expect(await statPath({ root }, "/broken")).toMatchObject({ linkTarget: "/gone" });
  expect(await statPath({ root }, "/dirlink/file")).toMatchObject({ size: 7 });
  await expect(statPath({ root }, "/none")).rejects.toMatchObject({ kind: "notFound" });
});

test("archives are named after the path's end", async () => {
  const get = async (path: string) => names((await getArchive({ root }, path)).stream);
  expect(await get("/dir")).toEqual(["dir/", "dir/file", "dir/sub/", "dir/sub/.x"]);
  expect(await get("/dir/.")).toEqual(["./", "./file", "./sub/", "./sub/.x"]);
  expect(await get("/dirlink/")).toEqual(["dirlink/", "dirlink/file", "dirlink/sub/", "dirlink/sub/.x"]);
  expect(await get("/dir/file")).toEqual(["file"]);
  expect(await get("/link")).toEqual(["link"]);
  expect((await get("/")).slice(0, 3)).toEqual(["/", "/broken", "/dir/"]);
  await expect(getArchive({ root }, "/none")).rejects.toMatchObject({ kind: "notFound" });
  expect(await names(exportArchive(root))).toContain("dir/sub/.x");
});

test("a large file is read slowly without loss", async () => {
  writeFileSync(join(root, "large"), Buffer.alloc(20_000_000, 7));
  const { stream, stat } = await getArchive({ root }, "/large");
  expect(stat.size).toBe(20_000_000);
  let size = 0;
  for await (const { body } of readTar(stream)) for await (const chunk of body) size += chunk.length;
  expect(size).toBe(20_000_000);
});

test("archives are unpacked into a directory, links resolved within the root", async () => {
  symlinkSync("/etc", join(root, "etclink"));
  mkdirSync(join(root, "etc"));
  await putArchive({ root }, "/etclink", stream({ name: "slipway-test", content: "1", uid: 7 }));
  expect(readFileSync(join(root, "etc/slipway-test"), "utf8")).toBe("1");
  expect(lstatSync(join(root, "etc/slipway-test")).uid).toBe(7);
  expect(existsSync("/etc/slipway-test")).toBe(false);
  const zipped = new Blob([gzipSync(tar({ name: "zipped", content: "2" }))]).stream();
  await putArchive({ root }, "/", zipped, { owner: { uid: 5, gid: 6 } });
  expect(lstatSync(join(root, "zipped"))).toMatchObject({ uid: 5, gid: 6 });
  await putArchive({ root }, "/", stream({ name: ".wh.file", content: "kept as it is" }));
  expect(existsSync(join(root, ".wh.file"))).toBe(true);
});

test("a directory that gives its group to what is made in it does not to what is unpacked", async () => {
  const group = { name: "shared", type: "directory", mode: 0o2775, uid: 1, gid: 7 } as const;
  await putArchive({ root }, "/", stream({ name: "shared/first" }, group, { name: "shared/second" }));
  await putArchive({ root }, "/shared", stream({ name: "third" }, { name: "fourth", uid: 3, gid: 4 }));
  const owners = ["", "/first", "/second", "/third", "/fourth"].map((name) => {
    const { uid, gid } = lstatSync(join(root, `shared${name}`));
    return [uid, gid];
  });
  expect(owners).toEqual([
    [1, 7],
    [0, 0],
    [0, 0],
    [0, 0],
    [3, 4],
  ]);
});

test("kinds are kept where that is asked for", async () => {
  const options = { noOverwriteDirNonDir: true };
  await expect(putArchive({ root }, "/", stream({ name: "dir" }), options)).rejects.toMatchObject({
    kind: "invalid",
  });
  const directory = stream({ name: "dir/file", type: "directory" });
  await expect(putArchive({ root }, "/", directory, options)).rejects.toMatchObject({ kind: "invalid" });
  await putArchive({ root }, "/", stream({ name: "dir", content: "now a file" }));
  expect(lstatSync(join(root, "dir")).isFile()).toBe(true);
  await expect(putArchive({ root }, "/dir", stream())).rejects.toMatchObject({ kind: "invalid" });
  await expect(putArchive({ root }, "/none", stream())).rejects.toMatchObject({ kind: "notFound" });
});

test("a process's own mounts are seen through /proc/PID/root", async () => {
  const holder = Bun.spawn(
    [
      "unshare",
      "-m",
      "sh",
      "-c",
      `mount -t tmpfs tmpfs ${root}/dir; echo v > ${root}/dir/inner; echo ready; exec sleep 60`,
    ],
    { stdout: "pipe" },
  );
  try {
    await holder.stdout.getReader().read();
    expect(await statPath({ root: `/proc/${holder.pid}/root` }, `${root}/dir/inner`)).toMatchObject({
      size: 2,
    });
    expect(existsSync(join(root, "dir/inner"))).toBe(false);
  } finally {
    holder.kill();
    await holder.exited;
  }
});
