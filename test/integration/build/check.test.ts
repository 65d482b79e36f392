/* What is said of Dockerfiles before, and while, they are built. */
import { describe, expect, test } from "bun:test";
import { classic, contextWith } from "../../support/build.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

const careless = `FROM nowhere.invalid/base AS Base
RUN apt-get update
FROM Base
ENV a b
COPY tmp/x /
CMD run
`;

describe("build --check", () => {
  const check = async (Dockerfile: string, args: string[] = []) => {
    using folder = contextWith({ Dockerfile, ".dockerignore": "tmp\n" });
    return await fixture.engine.slipway(["build", "--check", ...args, folder.path]);
  };

  test("names rules and lines, builds nothing, and asks no registry", async () => {
    const { code, stdout, stderr } = await check(careless);
    expect([code, stderr]).toEqual([1, ""]);
    const found = [...stdout.matchAll(/^WARNING: (\w+).*?^Dockerfile:(\d+)$/gms)];
    expect(found.map(([, rule, line]) => `${rule} ${line}`)).toEqual([
      "StageNameCasing 1",
      "LatestTag 1",
      "AptListsKept 2",
      "AptUpdateAlone 2",
      "RootUser 3",
      "LegacyKeyValueFormat 4",
      "CopyIgnoredFile 5",
      "JSONArgsRecommended 6",
    ]);
    expect(stdout).toContain("   4 | >>> ENV a b\n");
    expect(await fixture.engine.slipway(["image", "ls", "-q"])).toMatchObject({ stderr: "" });
  });

  test("speaks JSON and SARIF", async () => {
    const json = JSON.parse((await check(careless, ["--call=check,format=json"])).stdout);
    expect(json.warnings[0]).toMatchObject({
      ruleName: "StageNameCasing",
      url: "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
      detail: "Stage name 'Base' should be lowercase",
    });
    const { version, runs } = JSON.parse((await check(careless, ["--call=check,format=sarif"])).stdout);
    expect([version, runs[0].results.length]).toEqual(["2.1.0", 8]);
    expect(runs[0].results[2]).toMatchObject({
      ruleId: "AptListsKept",
      locations: [{ physicalLocation: { region: { startLine: 2 } } }],
    });
  });

  test("is content with what is well, and with what the file skips", async () => {
    const skipped = await check(`# check=skip=all\n${careless}`);
    expect(skipped).toMatchObject({ code: 0, stdout: "Check complete, no warnings found.\n" });
    expect(await check("FROM scratch\nCOPY a /\n")).toMatchObject({ code: 0 });
  });

  test("tells what cannot be built at all", async () => {
    const { code, stderr } = await check("FROM busybox\nRUNN true\n");
    expect(code).toBe(1);
    expect(stderr).toContain("   2 | >>> RUNN true\n     |     ^^^^\n");
    expect(stderr).toContain("unknown instruction: RUNN (did you mean RUN?)");
  });
});

throughBoth("findings", fixture, ({ call }) => {
  test("fail a build only when the Dockerfile says so", async () => {
    const text = "FROM busybox AS A\nLABEL x=y\n";
    using warned = contextWith({ Dockerfile: text });
    expect(await call(["build", warned.path], { env: classic })).toMatchObject({ code: 0 });
    using refused = contextWith({ Dockerfile: `# check=error=true\n${text}` });
    const { code, stderr } = await call(["build", refused.path], { env: classic });
    expect(code).toBe(1);
    expect(stderr).toContain("lint violation found for rules: StageNameCasing");
  });
});
