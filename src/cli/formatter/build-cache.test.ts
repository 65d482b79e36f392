import { expect, test } from "bun:test";
import type { BuildCacheRecord } from "../../api/index.ts";
import { buildCacheBlock, buildCacheListing } from "./build-cache.ts";
import { renderRows } from "./render.ts";

const record: BuildCacheRecord = {
  ID: "a".repeat(64),
  Parents: ["b".repeat(64)],
  Type: "regular",
  Description: "[2/2] RUN make",
  InUse: false,
  Shared: true,
  Size: 1_500_000,
  CreatedAt: "2026-01-02T03:04:05.678Z",
  LastUsedAt: new Date(Date.now() - 3_600_000).toISOString(),
  UsageCount: 2,
};

test("a record in full", () => {
  expect(buildCacheBlock(record)).toBe(
    [
      `ID:           ${"a".repeat(24)}`,
      "Parents:",
      ` - ${"b".repeat(24)}`,
      "Created at:   2026-01-02T03:04:05.678Z",
      "Mutable:      false",
      "Reclaimable:  true",
      "Shared:       true",
      "Size:         1.5MB",
      "Description:  [2/2] RUN make",
      "Usage count:  2",
      "Last used:    About an hour ago",
      "Type:         regular",
      "",
    ].join("\n"),
  );
  const bare = { ...record, Parents: [], Description: "", LastUsedAt: null, Type: "exec.cachemount" };
  expect(buildCacheBlock(bare)).toMatch(
    /Mutable: {6}true[\s\S]+Usage count: {2}2\nType: {9}exec.cachemount\n$/,
  );
  expect(buildCacheBlock(bare)).not.toContain("Parents");
});

test("records in a list, and by a template", () => {
  const [head, row] = renderRows(buildCacheListing, buildCacheListing.table, [record]).split("\n");
  expect(head).toMatch(/^ID +RECLAIMABLE +SIZE +LAST ACCESSED$/);
  expect(row).toMatch(/^a{24} +true +1\.5MB\* +About an hour ago$/);
  expect(renderRows(buildCacheListing, "{{.Type}} {{.UsageCount}}", [record])).toBe("regular 2\n");
});
