import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DockerfileError, type Node, parseDockerfile, type Range } from "./index.ts";

const directory = join(import.meta.dir, "testdata");
const names = [...new Bun.Glob("*.Dockerfile").scanSync(directory)].map((name) =>
  basename(name, ".Dockerfile"),
);

const show = ({ start, end }: Range): string =>
  `${start.line}:${start.character}-${end.line}:${end.character}`;

/** What a golden file has of an instruction: members that are empty are left out. */
function golden(node: Node): object {
  const members = {
    keyword: node.keyword,
    flags: node.flags.map(({ text }) => text),
    args: node.args.map(({ text }) => text),
    pairs: node.pairs.map(({ key, value, delimiter }) => `${key} ${delimiter ? "=" : " "} ${value}`),
    json: node.json,
    heredocs: node.heredocs,
    comments: node.comments,
    trigger: node.trigger && golden(node.trigger),
    range: show(node.range),
  };
  const empty = (value: unknown) =>
    value === false || value === undefined || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !empty(value)));
}

const parse = (text: string) => parseDockerfile({ filename: "Dockerfile", text });

function readGolden(text: string) {
  const { nodes, directives, warnings } = parse(text);
  return {
    directives: directives.map(({ name, value }) => `${name}=${value}`),
    nodes: nodes.map(golden),
    warnings: warnings.map(({ kind, range }) => `${kind} ${show(range)}`),
  };
}

describe("golden files", () => {
  for (const name of names) {
    const text = readFileSync(join(directory, `${name}.Dockerfile`), "utf8");
    const expected = JSON.parse(readFileSync(join(directory, `${name}.json`), "utf8"));
    const complete = { directives: [], warnings: [], ...expected };

    test(name, () => {
      expect(readGolden(text)).toEqual(complete);
    });

    test(`${name} after a byte order mark`, () => {
      expect(readGolden(`\uFEFF${text}`)).toEqual(complete);
    });

    test(`${name} with CRLF, which stays in heredocs`, () => {
      const crlf = JSON.parse(JSON.stringify(complete), (key, value) =>
        key === "content" ? value.replaceAll("\n", "\r\n") : value,
      );
      expect(readGolden(text.replaceAll("\n", "\r\n"))).toEqual(crlf);
    });
  }
});

/** Each: a file, what is wrong, and where. */
const errors: [string, string, string][] = [
  ["", "the Dockerfile cannot be empty", "1:0-1:0"],
  ["# only\n\n", "file with no instructions", "2:0-2:0"],
  [
    "# escape=x\nFROM a",
    "dockerfile parse error on line 1: invalid escape token 'x' does not match ` or \\",
    "1:0-1:10",
  ],
  [
    "# escape=`\n# Escape=`\nFROM a",
    "dockerfile parse error on line 2: only one escape parser directive can be used",
    "2:0-2:10",
  ],
  [
    "# syntax=a\n# check=skip=all\n# syntax=b\n",
    "dockerfile parse error on line 3: only one syntax parser directive can be used",
    "3:0-3:10",
  ],
  ["FROM a\nENV a", "dockerfile parse error on line 2: ENV must have two arguments", "2:0-2:5"],
  [
    "FROM a\nENV a=b \\\n  c",
    'dockerfile parse error on line 2: Syntax error - can\'t find = in "c". Must be of the form: name=value',
    "2:0-3:3",
  ],
  ["FROM a\n  LABEL x", "dockerfile parse error on line 2: LABEL must have two arguments", "2:2-2:9"],
  [
    'FROM a\nCMD ["a", ["b"]]',
    "dockerfile parse error on line 2: when using JSON array syntax, arrays must be comprised of strings only",
    "2:0-2:16",
  ],
  [
    "FROM a\nRUN [1]",
    "dockerfile parse error on line 2: when using JSON array syntax, arrays must be comprised of strings only",
    "2:0-2:7",
  ],
  ["FROM a\nRUN <<EOF\nfoo\n EOF\n", "dockerfile parse error on line 2: unterminated heredoc", "2:0-2:9"],
  ["FROM a\nCOPY <<A <<B /\nA\n", "dockerfile parse error on line 2: unterminated heredoc", "2:0-2:14"],
];

describe("errors", () => {
  for (const [text, message, range] of errors)
    test(message, () => {
      const error = failure(text);
      expect([error.kind, error.message, show(error.range)]).toEqual(["invalid", message, range]);
    });

  test("show the lines around, and a caret", () => {
    const { excerpt } = failure("FROM a\nRUN b\n\tENV a\nRUN c\r\nRUN d\nRUN e\n");
    expect(excerpt).toBe(
      [
        "Dockerfile:3",
        "--------------------",
        "   1 |     FROM a",
        "   2 |     RUN b",
        "   3 | >>> \tENV a",
        "     |     \t^^^^^",
        "   4 |     RUN c",
        "   5 |     RUN d",
        "--------------------",
      ].join("\n"),
    );
  });

  test("show all lines of a long instruction, without a caret", () => {
    const { excerpt } = failure("FROM a\nENV a=b \\\n  c\n");
    expect(excerpt.split("\n").filter((line) => line.includes(">>>"))).toEqual([
      "   2 | >>> ENV a=b \\",
      "   3 | >>>   c",
    ]);
    expect(excerpt).not.toContain("^");
  });
});

function failure(text: string): DockerfileError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof DockerfileError) return error;
    throw error;
  }
  throw new Error("the file was taken");
}

test("words know their places, also on continued lines", () => {
  const [, run] = parse("FROM a\n  COPY --from=b \\\n# no\n    one \\\n\ttwo /\n").nodes;
  const places = [...run!.flags, ...run!.args].map(({ text, offset }) => [text, run!.locate(offset)]);
  expect(places).toEqual([
    ["--from=b", { line: 2, character: 7 }],
    ["one", { line: 4, character: 4 }],
    ["two", { line: 5, character: 1 }],
    ["/", { line: 5, character: 5 }],
  ]);
});
