import { describe, expect, test } from "bun:test";
import { amd64, convert, convertOne, failure, names, vertices } from "./testing.ts";

describe("stages", () => {
  test("that no target needs are left out, and their images are not looked up", async () => {
    const lookups: string[] = [];
    const text =
      "FROM missing AS unused\nRUN x\nFROM debian AS a\nRUN y\nFROM a\nRUN z\nFROM busybox\nCOPY --from=2 /x /";
    const { tree } = await convertOne(text, { lookups });
    expect(lookups.sort()).toEqual(["docker.io/library/busybox:latest", "docker.io/library/debian:latest"]);
    expect(names(tree)).toEqual([
      "[stage-3 1/2] FROM docker.io/library/busybox:latest",
      "[a 1/2] FROM docker.io/library/debian:latest",
      "[a 2/2] RUN y",
      "[stage-2 1/1] RUN z",
      "[stage-3 2/2] COPY --from=2 /x /",
    ]);
  });

  test("are targets by name, in any case, or by number; several at once", async () => {
    const text = "FROM debian AS Base\nRUN x\nFROM busybox AS other\nFROM BASE\nRUN z";
    const { targets } = await convert(text, { options: { targets: ["BASE", "2"] } });
    expect(targets.map(({ name, tree }) => [name, tree?.name])).toEqual([
      ["base", "[base 2/2] RUN x"],
      ["2", "[stage-2 1/1] RUN z"],
    ]);
    const wrong = convert(text, { options: { targets: ["othre"] } });
    await expect(wrong).rejects.toThrow('target stage "othre" could not be found (did you mean other?)');
  });

  test("an image is looked up once", async () => {
    const lookups: string[] = [];
    const text = "FROM debian AS a\nFROM debian:latest\nCOPY --from=a / /\nCOPY --from=debian / /";
    await convert(text, { lookups });
    expect(lookups).toEqual(["docker.io/library/debian:latest"]);
  });

  test("names of steps are counted per stage, in columns", async () => {
    const runs = Array.from({ length: 9 }, () => "RUN x").join("\n");
    const { tree } = await convertOne(`FROM debian\n${runs}`);
    expect([names(tree)[0], tree?.name]).toEqual([
      "[ 1/10] FROM docker.io/library/debian:latest",
      "[10/10] RUN x",
    ]);
  });

  test("a base that is missing is told with its place, and what may be meant", async () => {
    const { kind, message, range } = await failure("FROM busybox AS build\nFROM biuld\nRUN x");
    expect([kind, message, range.start.line]).toEqual([
      "notFound",
      "biuld: docker.io/library/biuld:latest: not found (did you mean build?)",
      2,
    ]);
    expect((await failure("FROM Debian\n")).message).toBe(
      'failed to parse stage name "Debian": invalid reference format: repository name (library/Debian) must be lowercase',
    );
  });

  test("cycles and wrong stages are errors", async () => {
    const cycle = await failure("FROM debian AS a\nCOPY --from=b / /\nFROM debian AS b\nCOPY --from=a / /");
    expect([cycle.message, cycle.range.start.line]).toEqual(["circular dependency detected on stage: a", 2]);
    const self = await failure("FROM debian AS a\nCOPY --from=a / /");
    expect(self.message).toBe("circular dependency detected on stage: a");
    const through = await failure("FROM debian AS a\nCOPY --from=b / /\nFROM a AS b");
    expect([through.message, through.range.start.line]).toEqual([
      "circular dependency detected on stage: a",
      2,
    ]);
    expect((await failure("FROM debian\nCOPY --from=7 / /")).message).toBe("invalid stage index 7");
    const later = "FROM debian AS a\nCOPY --from=b / /\nFROM busybox AS b";
    expect((await failure(later, { options: { targets: ["a"] } })).message).toBe(
      'cannot copy from stage "b", it needs to be defined before current stage "a"',
    );
    expect((await failure("ARG v=debian\nFROM debian\nCOPY --from=$v / /")).message).toStartWith(
      "variable expansion is not supported for --from",
    );
  });

  test("--no-cache is for RUN, COPY and ADD of all stages, or of some", async () => {
    const text = "FROM debian AS a\nRUN x\nFROM debian AS b\nCOPY --from=a / /";
    const fresh = async (options: object) =>
      vertices((await convertOne(text, { options })).tree)
        .filter(({ ignoreCache }) => ignoreCache)
        .map(({ name }) => name);
    expect(await fresh({ noCache: true })).toEqual(["[a 2/2] RUN x", "[b 2/2] COPY --from=a / /"]);
    expect(await fresh({ noCacheFilter: ["a"] })).toEqual(["[a 2/2] RUN x"]);
  });
});

describe("ONBUILD", () => {
  const images = { parent: { OnBuild: ["ARG v=1", "COPY --from=busybox /bin/sh /s", "RUN echo $v"] } };

  test("triggers of a base image come first, and bring their own needs", async () => {
    const { tree, config, history } = await convertOne("FROM parent\nRUN x", { images });
    expect(names(tree)).toEqual([
      "[1/2] FROM docker.io/library/parent:latest",
      "FROM docker.io/library/busybox:latest",
      "[2/4] ONBUILD COPY --from=busybox /bin/sh /s",
      "[3/4] ONBUILD RUN echo 1",
      "[4/4] RUN x",
    ]);
    expect(config.config?.OnBuild).toBeUndefined();
    expect(history.map(({ created_by }) => created_by)).toContain("RUN |1 v=1 /bin/sh -c echo $v # buildkit");
  });

  test("triggers of a stage are for stages on it, and no further", async () => {
    const text = "FROM debian AS a\nONBUILD RUN <<E\nt\nE\nFROM a AS b\nFROM b\nRUN x";
    const { tree, config } = await convertOne(text);
    expect(names(tree)).toEqual([
      "[a 1/1] FROM docker.io/library/debian:latest",
      "[b 1/1] ONBUILD RUN <<E (t)",
      "[stage-2 1/1] RUN x",
    ]);
    expect(config.config?.OnBuild).toBeUndefined();
  });

  test("what triggers were made into is told by the line of the FROM, of all platforms together", async () => {
    const platforms = [amd64, { os: "linux", architecture: "arm64" }];
    const { triggers } = await convert("ARG x\nFROM parent\nRUN x", { images, options: { platforms } });
    expect([...triggers.keys()]).toEqual([2]);
    expect(triggers.get(2)).toMatchObject([
      { keyword: "arg", vertices: [] },
      { keyword: "copy", vertices: [expect.any(String), expect.any(String)] },
      { keyword: "run", vertices: [expect.any(String), expect.any(String)] },
    ]);
  });

  test("a wrong trigger is told at the FROM", async () => {
    const images = { bad: { OnBuild: ["RUNN x"] } };
    const { message, range } = await failure("ARG a\nFROM bad\n", { images });
    expect(message).toContain("unknown instruction: RUNN (did you mean RUN?)");
    expect(range.start.line).toBe(2);
  });
});
