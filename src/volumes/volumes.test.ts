import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Metastore } from "../metastore/index.ts";
import type { VolumeRecord } from "./model.ts";
import { Volumes } from "./volumes.ts";

const scratch = mkdtempSync("/tmp/slipway-volumes-");
let opened = 0;
const metastores: Metastore[] = [];

function volumes(): Volumes {
  const place = join(scratch, `${++opened}`);
  const metastore = Metastore.open(`${place}.db`);
  metastores.push(metastore);
  return Volumes.open({
    root: join(place, "volumes"),
    references: metastore.table<VolumeRecord>("volumes"),
    plugins: { sockets: [], specs: [] },
  });
}

afterEach(() => {
  for (const metastore of metastores.splice(0)) metastore.close();
});
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

test("a name that is being given to a volume is nobody else's meanwhile", async () => {
  const store = volumes();
  await store.create({ name: "from" });
  await store.create({ name: "other" });
  const outcomes = await Promise.allSettled([store.rename("from", "to"), store.rename("other", "to")]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect((outcomes[1] as PromiseRejectedResult).reason.kind).toBe("conflict");
  expect(store.list().map(({ name }) => name)).toEqual(["other", "to"]);
});

test("a name is refused with what was to be done and why", async () => {
  const refusal = await volumes()
    .create({ name: "a/b" })
    .catch((error: unknown) => error);
  expect(refusal).toMatchObject({ kind: "invalid" });
  expect((refusal as Error).message).toStartWith('create a/b: "a/b" includes invalid characters');
});
