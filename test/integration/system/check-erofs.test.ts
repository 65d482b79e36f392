import { describe, expect, test } from "bun:test";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreReport } from "../../../src/api/index.ts";
import { imageComplaint } from "../../../src/layers/index.ts";
import { dockerArchive, sha256 } from "../../support/docker-archive.ts";
import { must, withEngine } from "../../support/suite.ts";
import { tar } from "../../support/tar.ts";

const complaint = imageComplaint(tmpdir());

/** Layers that are EROFS images: where the kernel has no use for them there is nothing to check. */
describe.skipIf(complaint !== undefined)("a layer that is an EROFS image", () => {
  const fixture = withEngine({ flags: ["--storage-driver=erofs"] });
  const slipway = async (...args: string[]) => must(await fixture.engine.slipway(args)).stdout.trim();
  const files = [{ name: "file", data: "content ".repeat(10_000) }];
  const diffId = `sha256:${sha256(tar(files))}`;

  async function check(...flags: string[]): Promise<StoreReport> {
    const result = await fixture.engine.slipway(["system", "check", "--format", "json", ...flags]);
    const report = JSON.parse(result.stdout) as StoreReport;
    expect(result.code).toBe(report.Remaining > 0 ? 1 : 0);
    return report;
  }

  /** The directory of the image's only layer. */
  function layer(): string {
    const root = join(fixture.engine.dataRoot, "snapshots");
    const name = readdirSync(root).find((each) => {
      const file = join(root, each, "snapshot.json");
      return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).key === diffId;
    });
    return join(root, name as string);
  }

  function flip(path: string, position: number): void {
    const file = openSync(path, "r+");
    const byte = new Uint8Array(1);
    readSync(file, byte, 0, 1, position);
    writeSync(
      file,
      byte.map((value) => value ^ 1),
      0,
      1,
      position,
    );
    closeSync(file);
  }

  async function load(): Promise<void> {
    must(await fixture.engine.slipway(["load"], { stdin: dockerArchive({ tag: "app:1", layers: [files] }) }));
    expect(existsSync(join(layer(), "layer.erofs"))).toBe(true);
    expect(await check("--deep")).toMatchObject({ Problems: [], Checked: { Images: 2, Layers: 2 } });
  }

  async function isMended(...flags: string[]): Promise<void> {
    const found = await check(...flags);
    expect(found.Problems).toMatchObject([
      { Subject: "layer", Id: diffId, Images: ["app:1"], Repaired: false },
    ]);
    expect(await check("--repair", ...flags)).toMatchObject({ Repaired: 1, Remaining: 0 });
    expect(await check("--deep")).toMatchObject({ Problems: [] });
    await slipway("rm", await slipway("create", "app:1"));
    await slipway("rmi", "app:1");
  }

  test("and whose image is gone is made anew", async () => {
    await load();
    rmSync(join(layer(), "layer.erofs"));
    await isMended("--quick");
  });

  test("and whose image cannot be mounted any more is made anew", async () => {
    await load();
    await fixture.engine.terminate();
    truncateSync(join(layer(), "layer.erofs"), 512);
    await fixture.engine.start();
    await isMended();
  });

  test("and whose archive is damaged is found with --deep and made anew", async () => {
    await load();
    await fixture.engine.terminate();
    flip(join(layer(), "layer.tar"), 5000);
    await fixture.engine.start();
    expect(await check()).toMatchObject({ Problems: [] });
    await isMended("--deep");
  });
});
