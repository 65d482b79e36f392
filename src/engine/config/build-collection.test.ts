import { expect, test } from "bun:test";
import { buildCollection } from "./build-collection.ts";
import { parseConfig } from "./file.ts";

test("without a word the cache keeps to dockerd's policies", () => {
  const { enabled, policies } = buildCollection(undefined);
  expect(enabled).toBe(true);
  expect(policies).toHaveLength(4);
  expect(policies[2]).toEqual({
    ...{ filters: [], all: false, reserved: { bytes: 2e9 } },
    ...{ maxUsed: { share: 0.8 }, minFree: { share: 0.2 } },
  });
});

test("rules of the file stand in their place, with the defaults where they say no size", () => {
  const text = JSON.stringify({
    builder: {
      gc: {
        enabled: true,
        defaultKeepStorage: "20GB",
        policy: [
          { keepStorage: "10GB", filter: ["unused-for=2200h", "type==regular"] },
          { maxUsedSpace: "30%", all: true },
          { filter: [] },
        ],
      },
    },
  });
  const { policies } = buildCollection(parseConfig(text, "daemon.json")["builder-gc"]);
  expect(policies).toEqual([
    {
      filters: [{ "unused-for": ["2200h"], type: ["regular"] }],
      all: false,
      ...{ reserved: { bytes: 10 * 2 ** 30 }, maxUsed: { bytes: 0 }, minFree: { bytes: 0 } },
    },
    {
      ...{ filters: [], all: true, reserved: { bytes: 0 } },
      ...{ maxUsed: { share: 0.3 }, minFree: { bytes: 0 } },
    },
    {
      ...{ filters: [], all: false, reserved: { bytes: 20 * 2 ** 30 } },
      ...{ maxUsed: { share: 0.8 }, minFree: { share: 0.2 } },
    },
  ]);
});

test("what is wrong is named", () => {
  const wrong: [object, string][] = [
    [{ enabled: "yes" }, 'builder.gc.enabled: must be true or false, not "yes"'],
    [{ polices: [] }, "builder.gc: unknown option polices"],
    [{ policy: [{ filter: ["until"] }] }, 'builder.gc.policy[0]: invalid filter "until"'],
    [{ policy: [{ keepStorage: "much" }] }, "invalid size: 'much'"],
    [{ policy: [{ keep: "1GB" }] }, "builder.gc.policy[0]: unknown option keep"],
  ];
  for (const [raw, message] of wrong) expect(() => buildCollection(raw)).toThrow(message);
});
