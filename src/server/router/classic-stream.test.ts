import { describe, expect, test } from "bun:test";
import type { BuildFailure, BuildMessage } from "../../api/index.ts";
import { type ClassicOptions, ClassicStream } from "./classic-stream.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const done = (letter: string, more: { error?: string; cached?: boolean } = {}) => ({
  digest: digest(letter),
  name: letter,
  started: "2026-01-01T00:00:00Z",
  completed: "2026-01-01T00:00:01Z",
  ...more,
});
const log = (letter: string, text: string) => ({
  vertex: digest(letter),
  stream: 1 as const,
  data: Buffer.from(text).toString("base64"),
  timestamp: "2026-01-01T00:00:00Z",
});
/** A step is named by the last letter of its instruction; what only changes the config ends with a digit. */
const planOf = (...texts: string[]): BuildMessage => ({
  plan: {
    Instructions: texts.map((Text) => ({
      Keyword: Text.split(" ")[0]!.toLowerCase(),
      Text,
      Vertices: /\d$/.test(Text) ? [] : [digest(Text.at(-1)!)],
    })),
  },
});
const plan = planOf("FROM f", "RUN a", "RUN b", "RUN c");
const options: ClassicOptions = { quiet: false, remove: true, forceRemove: false };
const failure = (letter: string, more: Partial<BuildFailure> = {}): BuildFailure => ({
  message: "not found",
  kind: "notFound",
  step: { name: letter, vertex: digest(letter) },
  ...more,
});

/** Names of containers, and of images that only differ in their config, are `ID`. */
function told(messages: BuildMessage[], changes: Partial<ClassicOptions> = {}): string {
  const stream = new ClassicStream({ ...options, ...changes });
  return messages
    .flatMap((message) => [...stream.tell(message)])
    .map((line) => ("stream" in line ? line.stream : "error" in line ? `error: ${line.error}\n` : ""))
    .join("")
    .replace(/[0-9a-f]{12}/g, (id) => (/^(.)\1+$/.test(id) ? id : "ID"));
}

const id = (letter: string) => ` ---> ${letter.repeat(12)}\n`;
const [running, removed] = [" ---> Running in ID\n", " ---> Removed intermediate container ID\n"];
const from = `Step 1/4 : FROM f\n${id("f")}`;

test("steps are told in the Dockerfile's order", () => {
  const text = told([
    plan,
    { status: { logs: [log("b", "second\n")], vertexes: [done("f"), done("b")] } },
    { status: { vertexes: [done("a", { cached: true }), done("c")] } },
  ]);
  const steps = [
    `Step 2/4 : RUN a\n ---> Using cache\n${id("a")}`,
    `Step 3/4 : RUN b\n${running}second\n${removed}${id("b")}`,
    `Step 4/4 : RUN c\n${running}${removed}${id("c")}`,
  ];
  expect(text).toBe(from + steps.join(""));
});

test("what only changes the config is told as Docker tells it, from the cache when the step before it is", () => {
  const status = { vertexes: [done("f"), done("a", { cached: true }), done("b")] };
  const text = told([planOf("ARG 1", "FROM f", "ENV 2", "RUN a", "USER 3", "COPY b", "CMD 4"), { status }]);
  const steps = [
    "ARG 1\n",
    `FROM f\n${id("f")}`,
    `ENV 2\n${running}${removed} ---> ID\n`,
    `RUN a\n ---> Using cache\n${id("a")}`,
    "USER 3\n ---> Using cache\n ---> ID\n",
    `COPY b\n${id("b")}`,
    `CMD 4\n${running}${removed} ---> ID\n`,
  ];
  expect(text).toBe(steps.map((step, at) => `Step ${at + 1}/7 : ${step}`).join(""));
  const kept = told([planOf("FROM f", "ENV 2"), { status }], { remove: false });
  expect(kept).toBe(`Step 1/2 : FROM f\n${id("f")}Step 2/2 : ENV 2\n${running} ---> ID\n`);
});

test("a step that fails has no image, and none is begun after it", () => {
  const messages = [
    plan,
    { status: { vertexes: [done("f"), done("a")] } },
    { status: { logs: [log("b", "looks\n")], vertexes: [done("b", { error: "not found" })] } },
    { error: failure("b") },
  ];
  const before = `${from}Step 2/4 : RUN a\n${running}${removed}${id("a")}Step 3/4 : RUN b\n${running}looks\n`;
  expect(told(messages)).toBe(`${before}error: not found\n`);
  expect(told(messages, { forceRemove: true })).toBe(`${before}${removed}error: not found\n`);
});

test("what a step wrote that fails before its turn is told", () => {
  const messages = [
    plan,
    { status: { logs: [log("c", "why\n")], vertexes: [done("c", { error: "exit code: 3" })] } },
    { error: failure("c", { exitCode: 3, command: "c" }) },
  ];
  const text = `Step 1/4 : FROM f\nStep 4/4 : RUN c\n${running}why\nerror: The command 'c' returned a non-zero code: 3\n`;
  expect(told(messages)).toBe(text);
  // It is told of a quiet build as well, at the end.
  expect(told(messages.slice(0, -1), { quiet: true })).toBe("");
  expect(told(messages, { quiet: true })).toBe(text);
});

test("a request's warnings and the image come last", () => {
  const Targets = [{ Target: "", Names: ["one:latest"], ImageID: digest("d") }];
  const short = Buffer.from("arguments").toString("base64");
  const about = { vertex: "", level: 1, short };
  const here = { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } };
  const result = { Targets, Warnings: [about, { ...about, range: [here] }] };
  const messages = [planOf("FROM f"), { status: { vertexes: [done("f")] } }, { result }];
  const end = "Successfully built dddddddddddd\nSuccessfully tagged one:latest\n";
  expect(told(messages)).toBe(`Step 1/1 : FROM f\n${id("f")}[Warning] arguments\n${end}`);
  expect(told(messages, { quiet: true })).toBe(`${digest("d")}\n`.replace(/d{12}/g, "d".repeat(12)));
});

describe("triggers of ONBUILD", () => {
  const [own, next] = planOf("FROM f", "RUN c").plan!.Instructions;
  const trigger = (letter: string) => ({ Keyword: "run", Vertices: [digest(letter)] });
  const withTriggers = (...letters: string[]): BuildMessage => ({
    plan: { Instructions: [{ ...own!, Triggers: letters.map(trigger) }, next!] },
  });

  test("are told behind the FROM that brings them, without numbers or images of their own", () => {
    const text = told([
      withTriggers("a", "b"),
      {
        status: {
          logs: [log("a", "triggered\n")],
          vertexes: [done("f"), done("a"), done("b", { cached: true })],
        },
      },
      { status: { vertexes: [done("c")] } },
    ]);
    expect(text).toBe(
      `Step 1/2 : FROM f\n# Executing 2 build triggers\n${running}triggered\n${removed} ---> Using cache\n${id("b")}` +
        `Step 2/2 : RUN c\n${running}${removed}${id("c")}`,
    );
  });

  test("that fail are told with their FROM", () => {
    const error = failure("a", { exitCode: 3, command: "/bin/sh -c exit 3" });
    const failed = { status: { vertexes: [done("f"), done("a", { error: "failed" })] } };
    expect(told([withTriggers("a"), failed, { error }])).toBe(
      `Step 1/2 : FROM f\n# Executing 1 build trigger\n${running}error: The command '/bin/sh -c exit 3' returned a non-zero code: 3\n`,
    );
  });
});
