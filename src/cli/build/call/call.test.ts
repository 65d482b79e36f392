import { describe, expect, test } from "bun:test";
import type { BuildRequest, BuildWarning } from "../../../api/index.ts";
import { type Call, parseCall } from "./call.ts";
import { answerOf, failedCheck } from "./index.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const text = "FROM a\nRUN b\nCMD c \\\n d\nRUN e\nRUN f\n";
const request: BuildRequest = { Dockerfile: { Name: "my file", Text: text }, Contexts: [] };
const warning: BuildWarning = {
  vertex: "sha256:0",
  level: 1,
  short: base64("RuleName: what is wrong (line 3)"),
  detail: [base64("What the rule is for")],
  url: "https://example.com/rule",
  sourceInfo: { filename: "my file", data: base64(text) },
  range: [{ start: { line: 3, character: 0 }, end: { line: 4, character: 2 } }],
};
const ask = (what: Call["what"], format: Call["format"] = "text"): Call => ({
  what,
  format,
  ignoreStatus: false,
});
const result = { Targets: [], Warnings: [warning] };

describe("--call", () => {
  test("has methods, formats and a status to ignore", () => {
    expect(parseCall("build", false).what).toBeUndefined();
    expect(parseCall("build", true)).toEqual(ask("check"));
    expect(parseCall("lint,format=sarif", false)).toEqual(ask("check", "sarif"));
    expect(parseCall("outline,format=json,ignorestatus=true", false)).toEqual({
      ...ask("outline", "json"),
      ignoreStatus: true,
    });
    expect(() => parseCall("describe", false)).toThrow("there are build, check, outline, targets");
    expect(() => parseCall("targets,format=sarif", false)).toThrow("use text or json");
    expect(() => parseCall("check,colour=red", false)).toThrow("invalid option colour=red");
  });
});

describe("a check", () => {
  test("in text has the rule, the message and the lines", () => {
    expect(answerOf(ask("check"), result, request)).toEqual({
      text: [
        "Check complete, 1 warning has been found!",
        "",
        "WARNING: RuleName - https://example.com/rule",
        "what is wrong",
        "my file:3",
        "--------------------",
        "   2 |     RUN b",
        "   3 | >>> CMD c \\",
        "   4 | >>>  d",
        "   5 |     RUN e",
        "--------------------",
        "",
      ].join("\n"),
      status: 1,
    });
    const none = { ...result, Warnings: [] };
    expect(answerOf(ask("check"), none, request)).toEqual({
      text: "Check complete, no warnings found.\n",
      status: 0,
    });
    expect(answerOf({ ...ask("check"), ignoreStatus: true }, result, request).status).toBe(0);
  });

  test("in JSON is BuildKit's", () => {
    expect(JSON.parse(answerOf(ask("check", "json"), result, request).text)).toEqual({
      warnings: [
        {
          ruleName: "RuleName",
          description: "What the rule is for",
          url: "https://example.com/rule",
          detail: "what is wrong",
          location: {
            ranges: [
              { start: { line: 3 }, end: { line: 3 } },
              { start: { line: 4 }, end: { line: 4 } },
            ],
          },
        },
      ],
      sources: [{ filename: "my file", data: base64(text), language: "Dockerfile" }],
    });
    expect(
      JSON.parse(failedCheck({ message: "no Dockerfile", kind: "invalid", line: 2 }, request)),
    ).toMatchObject({
      warnings: [],
      buildError: { message: "no Dockerfile", location: { ranges: [{ start: { line: 2 } }] } },
    });
  });

  test("in SARIF has rules, and places with columns that count from 1", () => {
    const [run] = JSON.parse(answerOf(ask("check", "sarif"), result, request).text).runs;
    expect(run.tool.driver.rules).toMatchObject([{ id: "RuleName", helpUri: "https://example.com/rule" }]);
    expect(run.results).toMatchObject([
      {
        ruleId: "RuleName",
        ruleIndex: 0,
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "my%20file" },
              region: { startLine: 3, startColumn: 1, endLine: 4, endColumn: 3 },
            },
          },
        ],
      },
    ]);
  });
});

test("an outline and a list are tables", () => {
  const args = [
    { name: "A", value: "1", description: "first" },
    { name: "LONGER", value: "" },
  ];
  const Outline = { name: "app", args, secrets: [{ name: "token", required: true }] };
  expect(answerOf(ask("outline"), { ...result, Outline }, request).text).toBe(
    "TARGET: app\n\nBUILD ARG   VALUE   DESCRIPTION\nA           1       first\nLONGER              \n\n" +
      "SECRET   REQUIRED\ntoken    true\n\n",
  );
  const List = { targets: [{ name: "a" }, { default: true, description: "last" }], sources: [] };
  expect(answerOf(ask("targets"), { ...result, List }, request).text).toBe(
    "TARGET    DESCRIPTION\na         \n(default) last\n",
  );
  expect(JSON.parse(answerOf(ask("targets", "json"), { ...result, List }, request).text)).toEqual(List);
});
