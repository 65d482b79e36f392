import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  decodeName,
  encodeHeader,
  encodeName,
  endOfArchive,
  readTar,
  TarDecoder,
  tarHeader,
  writeTar,
} from "./index.ts";

async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync("/tmp/slipway-archive-");
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function shell(script: string, cwd: string): Promise<void> {
  const child = Bun.spawn(["bash", "-ec", script], { cwd, stderr: "pipe", stdout: "ignore" });
  if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function members(bytes: Uint8Array, piece = 1000) {
  const found = new Map<
    string,
    { type: string; content: string; linkName: string; header: ReturnType<typeof tarHeader> }
  >();
  for await (const { header, body } of readTar(inPieces(bytes, piece))) {
    const content = (await collect(body)).toString("latin1");
    found.set(header.name, { type: header.type, content, linkName: header.linkName, header });
  }
  return found;
}

const long = "d".repeat(90);
const makeTree = `
  mkdir -p tree/${long}/${long}; echo deep > tree/${long}/${long}/${"f".repeat(120)}
  echo hello > tree/hello; ln tree/hello tree/again; ln -s ${"t".repeat(130)} tree/link; mkfifo tree/fifo
  mknod tree/null c 1 3; mknod tree/disk b 259 70000; printf x > $'tree/caf\\xe9'; echo ü > tree/ü
  chmod 4755 tree/hello; chown 3000000:7 tree/fifo; touch -d '2001-02-03 04:05:06.789012345Z' tree/ü`;

for (const format of ["gnu", "pax", "posix", "ustar"]) {
  test(`reads what GNU tar writes in the ${format} format`, async () => {
    await inDirectory(async (directory) => {
      const tree =
        format === "ustar"
          ? makeTree.replaceAll(long, "d").replace("f".repeat(120), "f").replace("t".repeat(130), "t")
          : makeTree;
      await shell(
        `${tree}\ntar --format=${format} ${format === "ustar" ? "--exclude=fifo" : ""} -cf a.tar tree`,
        directory,
      );
      const bytes = Buffer.from(await Bun.file(join(directory, "a.tar")).arrayBuffer());
      for (const piece of [1, 511, 512, 4096, 1 << 20]) {
        const all = await members(bytes, piece);
        expect(all.get("tree/")?.type).toBe("directory");
        const [file, hard] = [all.get("tree/hello"), all.get("tree/again")].sort((a) =>
          a?.type === "file" ? -1 : 1,
        );
        expect(file).toMatchObject({ type: "file", content: "hello\n", header: { mode: 0o4755 } });
        expect(hard?.type).toBe("hardlink");
        expect(all.get("tree/disk")?.header).toMatchObject({ type: "block", devMajor: 259, devMinor: 70000 });
        expect(all.get(decodeName(Buffer.from("tree/caf\xe9", "latin1")))?.content).toBe("x");
        if (format !== "ustar") {
          expect(all.get(`tree/${long}/${long}/${"f".repeat(120)}`)?.content).toBe("deep\n");
          expect(all.get("tree/link")?.linkName).toBe("t".repeat(130));
          expect(all.get("tree/fifo")?.header).toMatchObject({ type: "fifo", uid: 3000000, gid: 7 });
        }
        const mtime =
          981173106n * 1_000_000_000n + (format === "pax" || format === "posix" ? 789012345n : 0n);
        expect(all.get("tree/ü")?.header.mtime).toBe(mtime);
      }
    });
  });
}

const sparseFormats = [
  "--format=gnu",
  "--format=pax --sparse-version=0.0",
  "--format=pax --sparse-version=0.1",
  "--format=pax --sparse-version=1.0",
];
for (const options of sparseFormats) {
  test(`reads sparse files (${options})`, async () => {
    await inDirectory(async (directory) => {
      const pieces = Array.from(
        { length: 60 },
        (_, i) => `printf ${i}a | dd of=f bs=1 seek=$((${i} * 131072 + 7)) conv=notrunc 2>/dev/null`,
      );
      await shell(
        `${pieces.join("\n")}\ntruncate -s 9000000 f; truncate -s 5000000 empty\ntar -S ${options} -cf a.tar f empty`,
        directory,
      );
      const bytes = Buffer.from(await Bun.file(join(directory, "a.tar")).arrayBuffer());
      expect(bytes.length).toBeLessThan(1_000_000);
      const all = await members(bytes, 777);
      const original = await Bun.file(join(directory, "f")).bytes();
      expect(Buffer.from(all.get("f")?.content ?? "", "latin1").equals(original)).toBe(true);
      expect(all.get("empty")?.content).toBe("\0".repeat(5000000));
    });
  });
}

test("what is written is read again, by us and by GNU tar", async () => {
  const xattrs = new Map([["security.capability", new Uint8Array([1, 0, 0, 2, 0, 0x20, 0xff, 0x0a, 0, 61])]]);
  const headers = [
    tarHeader({ name: "dir/", type: "directory", mode: 0o1777 }),
    tarHeader({
      name: `${"a/".repeat(70)}file`,
      size: 3,
      uid: 5_000_000,
      gid: 6_000_000,
      mtime: 1_700_000_000_123_456_789n,
    }),
    tarHeader({ name: "x".repeat(300), size: 0, mtime: -1_500_000_000n }),
    tarHeader({ name: "dir/caps", size: 3, xattrs }),
    tarHeader({
      name: decodeName(Buffer.from([0x61, 0xff, 0xfe])),
      type: "symlink",
      linkName: "ü".repeat(80),
    }),
    tarHeader({ name: "node", type: "char", devMajor: 5, devMinor: 3_000_000 }),
  ];
  const entries = headers.map((header) =>
    header.size === 0 ? { header } : { header, body: Buffer.from("abc") },
  );
  const bytes = await collect(writeTar(entries));
  const all = await members(bytes);
  for (const header of headers) expect(all.get(header.name)?.header).toEqual(header);
  await inDirectory(async (directory) => {
    await Bun.write(join(directory, "a.tar"), bytes);
    await shell(
      `tar -tvf a.tar | wc -l | grep -qx ${headers.length}; python3 -c "import tarfile; tarfile.open('a.tar').getmembers()"`,
      directory,
    );
  });
});

test("names survive whatever their bytes are", () => {
  for (let i = 0; i < 500; i++) {
    const bytes = crypto.getRandomValues(new Uint8Array(1 + (i % 20)));
    expect(encodeName(decodeName(bytes)).equals(bytes)).toBe(true);
  }
  expect(decodeName(Buffer.from("größe 漢字 😀"))).toBe("größe 漢字 😀");
});

test("damaged archives are refused, never misread", async () => {
  const header = encodeHeader(tarHeader({ name: "f", size: 1000 }));
  const whole = Buffer.concat([header, Buffer.alloc(1024), endOfArchive]);
  const decode = (bytes: Uint8Array) => {
    const decoder = new TarDecoder({ entry() {}, data() {}, end() {} });
    decoder.write(bytes);
    decoder.finish();
  };
  decode(whole);
  for (const length of [1, 511, 513, 1000, 1511])
    expect(() => decode(whole.subarray(0, length))).toThrow("truncated");
  expect(() => decode(Buffer.from("x".repeat(1024)))).toThrow("not a tar archive");
  for (let i = 0; i < 2000; i++) {
    const damaged = Buffer.from(whole);
    const at = (i * 7919) % 512;
    damaged[at] = (damaged[at] as number) ^ (1 + (i % 255));
    // Either the checksum notices or the change is in what it does not cover; nothing else may be thrown.
    try {
      decode(damaged);
    } catch (error) {
      expect(error).toHaveProperty("kind", "invalid");
    }
  }
});
