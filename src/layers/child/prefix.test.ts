import { expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ResumableSha256 } from "../../os/sha256.ts";
import { type HashedPrefix, PrefixDigest } from "./prefix.ts";

const fileBytes = 700_000;
const count = 10;
const library = ResumableSha256.open();

/** Packs files with headers of 512 bytes; `same` says which are an earlier archive's. Counts what is hashed. */
function packed(
  directory: string,
  earlier: readonly HashedPrefix[],
  same: (path: string) => boolean,
  third = "header",
) {
  const sha256 = ResumableSha256.open() as ResumableSha256;
  let hashed = 0;
  const counting = {
    update(bytes: Uint8Array) {
      hashed += bytes.length;
      sha256.update(bytes);
    },
    get state() {
      return sha256.state;
    },
    set state(state: string) {
      sha256.state = state;
    },
  };
  const digest = new PrefixDigest(counting, earlier, same);
  const expected = new Bun.CryptoHasher("sha256");
  for (let at = 0; at < count; at++) {
    const path = join(directory, `f${at}`);
    const header = Buffer.alloc(512, `${at === 3 ? third : "header"} of ${at}`);
    // Whole blocks, as an archive has them.
    const padding = Buffer.alloc(512 - (fileBytes % 512));
    digest.member(path);
    digest.write(header);
    const fd = openSync(path, "r");
    digest.copyFile(fd, fileBytes);
    closeSync(fd);
    digest.write(padding);
    expected.update(header);
    expected.update(readFileSync(path));
    expected.update(padding);
  }
  digest.flush();
  return { prefixes: digest.prefixes, hashed, is: sha256.digest(), expected: expected.digest("hex") };
}

test.skipIf(library === undefined)("goes on from the last place that is the same, wherever that is", () => {
  const directory = mkdtempSync("/tmp/slipway-prefix-");
  try {
    for (let at = 0; at < count; at++) writeFileSync(join(directory, `f${at}`), Buffer.alloc(fileBytes, at));
    let last = packed(directory, [], () => false);
    expect(last.is).toBe(last.expected);
    for (const changed of [9, 0, 5, 5, 1]) {
      const path = join(directory, `f${changed}`);
      writeFileSync(path, crypto.getRandomValues(Buffer.alloc(60_000)), { flag: "r+" });
      const next = packed(directory, last.prefixes, (name) => name !== path);
      expect(next.is).toBe(next.expected);
      // From the last place on, which is less than two files back.
      expect(next.hashed).toBeLessThan((count - changed + 2) * (fileBytes + 1024));
      last = next;
    }
    const all = packed(directory, last.prefixes, () => true);
    expect(all.is).toBe(all.expected);
    expect(all.hashed).toBeLessThan(3 * fileBytes);
    // A header may differ where no content does.
    const other = packed(directory, last.prefixes, () => true, "another");
    expect(other.is).toBe(other.expected);
    expect(other.hashed).toBeGreaterThan(6 * fileBytes);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
