import { describe, expect, test } from "bun:test";
import { convert } from "../convert/testing.ts";
import { checked } from "./testing.ts";

/** Each: a rule, a Dockerfile, and what is said, with lines. From https://docs.docker.com/reference/build-checks/. */
const table: [string, string, string[]][] = [
  ["StageNameCasing", "FROM scratch AS BuilderBase", ["1 Stage name 'BuilderBase' should be lowercase"]],
  ["FromAsCasing", "FROM scratch as a", ["1 'as' and 'FROM' keywords' casing do not match"]],
  ["FromAsCasing", "from scratch AS a", ["1 'AS' and 'from' keywords' casing do not match"]],
  ["FromAsCasing", "FROM scratch AS a\nfrom scratch as b", []],
  ["NoEmptyContinuation", "FROM scratch\nEXPOSE \\\n\n80", ["3 Empty continuation line"]],
  [
    "ConsistentInstructionCasing",
    "FROM scratch\nRun x\nuser y",
    [
      "2 Command 'Run' should match the case of the command majority (uppercase)",
      "3 Command 'user' should match the case of the command majority (uppercase)",
    ],
  ],
  [
    "ConsistentInstructionCasing",
    "from scratch\nrun x\nUSER y",
    ["3 Command 'USER' should match the case of the command majority (lowercase)"],
  ],
  [
    "DuplicateStageName",
    "FROM scratch AS a\nFROM scratch AS A",
    ['2 Duplicate stage name "a", stage names should be unique'],
  ],
  [
    "ReservedStageName",
    "FROM scratch AS context",
    ['1 Stage name should not use the same name as reserved stage "context"'],
  ],
  [
    "JSONArgsRecommended",
    "FROM debian\nENTRYPOINT a b\nCMD c",
    [
      "2 JSON arguments recommended for ENTRYPOINT to prevent unintended behavior related to OS signals",
      "3 JSON arguments recommended for CMD to prevent unintended behavior related to OS signals",
    ],
  ],
  ["JSONArgsRecommended", 'FROM debian\nSHELL ["/bin/bash", "-c"]\nCMD c', []],
  [
    "MaintainerDeprecated",
    "FROM scratch\nMAINTAINER me",
    ["2 Maintainer instruction is deprecated in favor of using label"],
  ],
  [
    "UndefinedArgInFrom",
    "ARG VARIANT=12\nFROM debian:${VARIAN}x",
    ["2 FROM argument 'VARIAN' is not declared (did you mean VARIANT?)"],
  ],
  ["UndefinedArgInFrom", "ARG VARIANT\nFROM debian:1$VARIANT", []],
  [
    "WorkdirRelativePath",
    "FROM debian\nWORKDIR usr\nWORKDIR lib",
    ['2 Relative workdir "usr" can have unexpected results if the base image changes'],
  ],
  ["WorkdirRelativePath", "FROM debian\nWORKDIR /usr\nWORKDIR lib", []],
  ["UndefinedVar", "FROM debian\nARG foo\nCOPY $foo $fo /", ["3 Usage of undefined variable '$fo'"]],
  [
    "UndefinedVar",
    "FROM debian\nENV PATHS=$PAHT",
    ["2 Usage of undefined variable '$PAHT' (did you mean $PATH?)"],
  ],
  ["UndefinedVar", "FROM unknown\nENV a=$PYTHON_VERSION", []],
  ["UndefinedVar", "FROM debian\nRUN echo $shell", []],
  [
    "MultipleInstructionsDisallowed",
    'FROM debian\nCMD ["a"]\nCMD ["b"]\nFROM debian\nCMD ["c"]',
    [
      "2 Multiple CMD instructions should not be used in the same stage because only the last one will be used",
    ],
  ],
  [
    "LegacyKeyValueFormat",
    "FROM scratch\nENV a b\nlabel c d",
    [
      '2 "ENV key=value" should be used instead of legacy "ENV key value" format',
      '3 "label key=value" should be used instead of legacy "label key value" format',
    ],
  ],
  [
    "RedundantTargetPlatform",
    "FROM --platform=$TARGETPLATFORM debian",
    ["1 Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior"],
  ],
  ["RedundantTargetPlatform", "FROM --platform=$BUILDPLATFORM debian", []],
  [
    "SecretsUsedInArgOrEnv",
    "FROM scratch\nARG AWS_SECRET_ACCESS_KEY TOKEN_FILE\nENV password=a PUBLIC_KEY=b author=c",
    [
      '2 Do not use ARG or ENV instructions for sensitive data (ARG "AWS_SECRET_ACCESS_KEY")',
      '3 Do not use ARG or ENV instructions for sensitive data (ENV "password")',
    ],
  ],
  [
    "InvalidDefaultArgInFrom",
    "ARG TAG\nFROM debian:$TAG",
    ["2 Default value for ARG debian:$TAG results in empty or invalid base image name"],
  ],
  ["InvalidDefaultArgInFrom", "ARG TAG\nFROM debian:${TAG:-12}", []],
  [
    "FromPlatformFlagConstDisallowed",
    "FROM --platform=linux/amd64 debian AS a",
    ['1 FROM --platform flag should not use constant value "linux/amd64"'],
  ],
  ["FromPlatformFlagConstDisallowed", "FROM --platform=linux/amd64 debian AS a_amd64", []],
  [
    "CopyIgnoredFile",
    "FROM scratch\nCOPY tmp/a b /\nADD tmp /\nCOPY --from=scratch tmp /",
    [
      '2 Attempting to Copy file "tmp/a" that is excluded by .dockerignore',
      '3 Attempting to Add file "tmp" that is excluded by .dockerignore',
    ],
  ],
  [
    "InvalidDefinitionDescription",
    "# check=experimental=all\n\n# bar this is bar\nARG foo=x\n# base is good\nFROM scratch AS base",
    ["4 Comment for ARG should follow the format: `# foo <description>`"],
  ],
  ["InvalidDefinitionDescription", "# bar\nARG foo=x\nFROM scratch", []],
  [
    "ExposeProtoCasing",
    "FROM scratch\nEXPOSE 80/TcP",
    ["2 Defined protocol '80/TcP' in EXPOSE instruction should be lowercase"],
  ],
  [
    "ExposeInvalidFormat",
    "FROM scratch\nEXPOSE 127.0.0.1:80:80",
    ["2 EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:80'"],
  ],
];

describe("BuildKit's rules", () => {
  for (const [rule, text, expected] of table)
    test(`${rule}: ${text.replaceAll("\n", "; ")}`, async () => {
      const found = (await checked(text)).filter((finding) => finding.rule === rule);
      expect(found.map(({ line, message }) => `${line} ${message}`)).toEqual(expected);
    });

  test("have their pages", async () => {
    const [found] = await checked("FROM scratch AS A");
    expect(found?.url).toBe("https://docs.docker.com/go/dockerfile/rule/stage-name-casing/");
  });
});

describe("check options", () => {
  const text = "FROM scratch AS A\nMAINTAINER me";

  test("skip some rules, or all", async () => {
    const rules = async (head: string) => (await checked(`${head}\n${text}`)).map(({ rule }) => rule);
    expect(await rules("# check=skip=StageNameCasing,RootUser")).toEqual(["MaintainerDeprecated"]);
    expect(await rules("# check=skip=all")).toEqual([]);
    expect(await rules("# check=skip=MaintainerDeprecated;experimental=all")).toEqual(["StageNameCasing"]);
  });

  test("before an instruction are for it alone", async () => {
    const found = await checked(
      "# check=skip=StageNameCasing\n\n#\n# check=skip=StageNameCasing\nFROM scratch AS A\nFROM scratch AS B",
    );
    expect(found).toEqual([]);
    const local = await checked(
      "# a comment\n# check=skip=StageNameCasing\nFROM scratch AS A\nFROM scratch AS B",
    );
    expect(local.map(({ line }) => line)).toEqual([4]);
  });

  test("make findings errors of a build, which is not for our own rules", async () => {
    const error = "lint violation found for rules: StageNameCasing, MaintainerDeprecated";
    await expect(convert(`# check=error=true\n${text}`)).rejects.toThrow(error);
    await convert("# check=error=true\nFROM debian\nRUN sudo x");
    const build = (skip: string[]) => convert(text, { options: { check: { skip, error: true } } });
    await expect(build([])).rejects.toThrow(error);
    await build(["all"]);
    expect(await checked(`# check=error=true\n${text}`)).toHaveLength(2);
  });

  test("are given by a build argument instead of the file", async () => {
    const buildArgs = { BUILDKIT_DOCKERFILE_CHECK: "skip=MaintainerDeprecated" };
    const found = await checked(`# check=skip=all\n${text}`, { buildArgs });
    expect(found.map(({ rule }) => rule)).toEqual(["StageNameCasing"]);
  });

  test("that are wrong are told", async () => {
    await expect(checked("# check=foo=1\nFROM a")).rejects.toThrow('invalid check option "foo"');
    await expect(checked("# check=error=maybe\nFROM a")).rejects.toThrow("neither true nor false");
  });
});
