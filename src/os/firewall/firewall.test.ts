import { afterEach, expect, test } from "bun:test";
import { restoreRules, saveRules } from "./host-rules.fixture.ts";
import { hostVariant, RulesetGeneration } from "./index.ts";

const chain = `SLWT-${process.pid}`;

afterEach(async () => {
  if ((await saveRules()).includes(`:${chain} `))
    await restoreRules(`*nat\n-F ${chain}\n-X ${chain}\nCOMMIT\n`);
});

test("applies a transaction as a whole or not at all", async () => {
  await restoreRules(`*nat\n:${chain} - [0:0]\n-A ${chain} -s 203.0.113.7/32 -j RETURN\nCOMMIT\n`);
  expect(await saveRules()).toContain(`-A ${chain} -s 203.0.113.7/32 -j RETURN`);
  const broken = `*nat\n-A ${chain} -s 203.0.113.8/32 -j RETURN\n-D ${chain} -s 203.0.113.9/32 -j RETURN\nCOMMIT\n`;
  const failure = await restoreRules(broken).then(
    () => undefined,
    (error: { kind: string }) => error.kind,
  );
  expect(failure).toBe("system");
  expect(await saveRules()).not.toContain("203.0.113.8");
});

test.skipIf((await hostVariant()) !== "nft")(
  "the generation counts the transactions of everyone",
  async () => {
    using generation = new RulesetGeneration();
    const before = generation.read();
    await restoreRules(`*nat\n:${chain} - [0:0]\nCOMMIT\n`);
    expect(generation.read()).toBeGreaterThan(before);
  },
);
