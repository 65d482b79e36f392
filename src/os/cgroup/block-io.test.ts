import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limitBlockIoV1, limitBlockIoV2 } from "./block-io.ts";

let leaf: string;
beforeEach(() => {
  leaf = mkdtempSync(join(tmpdir(), "block-io-"));
});
afterEach(() => rmSync(leaf, { recursive: true }));

/** Control files as plain ones: what was written last, and in full, can be read back. */
const control = (name: string) => writeFileSync(join(leaf, name), "");
const written = (name: string) => readFileSync(join(leaf, name), "utf8");
const device = { major: 254, minor: 0 };

test("version 1 has a file for each kind of rate", () => {
  const kinds = ["read_bps", "write_bps", "read_iops", "write_iops"].map(
    (it) => `blkio.throttle.${it}_device`,
  );
  for (const name of ["blkio.weight", "blkio.weight_device", ...kinds]) control(name);
  limitBlockIoV1(leaf, {
    weight: 500,
    weightDevice: [{ ...device, weight: 200 }],
    throttleReadBpsDevice: [{ ...device, rate: 1048576 }],
    throttleWriteBpsDevice: [{ ...device, rate: 2048 }],
    throttleReadIOPSDevice: [{ ...device, rate: 30 }],
    throttleWriteIOPSDevice: [{ ...device, rate: 0 }],
  });
  expect(written("blkio.weight")).toBe("500");
  expect(written("blkio.weight_device")).toBe("254:0 200");
  expect(kinds.map(written)).toEqual(["254:0 1048576", "254:0 2048", "254:0 30", "254:0 0"]);
});

test.each([
  ["throttleReadBpsDevice", 1048576, "254:0 rbps=1048576"],
  ["throttleWriteBpsDevice", 2048, "254:0 wbps=2048"],
  ["throttleReadIOPSDevice", 30, "254:0 riops=30"],
  ["throttleWriteIOPSDevice", 0, "254:0 wiops=max"],
] as const)("version 2 writes %s of %d into io.max", (kind, rate, line) => {
  control("io.max");
  limitBlockIoV2(leaf, { [kind]: [{ ...device, rate }] });
  expect(written("io.max")).toBe(line);
});

test("weights of version 2 have another range, unless BFQ schedules", () => {
  control("io.weight");
  limitBlockIoV2(leaf, { weight: 1000 });
  expect(written("io.weight")).toBe("10000");
  limitBlockIoV2(leaf, { weightDevice: [{ ...device, weight: 10 }] });
  expect(written("io.weight")).toBe("254:0 1");
  control("io.bfq.weight");
  limitBlockIoV2(leaf, { weightDevice: [{ ...device, weight: 10 }] });
  expect(written("io.bfq.weight")).toBe("254:0 10");
});
