import { expect, test } from "bun:test";
import type { BuildMessage } from "../../api/index.ts";
import { ClassicStream } from "./classic-stream.ts";

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
const plan: BuildMessage = {
  plan: { Instructions: [..."abc"].map((letter) => ({ Text: `RUN ${letter}`, Vertex: digest(letter) })) },
};

function told(...messages: BuildMessage[]): string {
  const stream = new ClassicStream(false);
  return messages
    .flatMap((message) => [...stream.tell(message)])
    .map((line) => ("stream" in line ? line.stream : "error" in line ? `error: ${line.error}\n` : ""))
    .join("");
}

test("steps are told in the Dockerfile's order", () => {
  const text = told(
    plan,
    { status: { logs: [log("b", "second\n")], vertexes: [done("b")] } },
    { status: { logs: [log("a", "first\n")], vertexes: [done("a", { cached: true }), done("c")] } },
  );
  const id = (letter: string) => ` ---> ${letter.repeat(12)}\n`;
  expect(text).toBe(
    `Step 1/3 : RUN a\nfirst\n ---> Using cache\n${id("a")}Step 2/3 : RUN b\nsecond\n${id("b")}Step 3/3 : RUN c\n${id("c")}`,
  );
});

test("a step that fails has no image, and none is begun after it", () => {
  const failure = { message: "not found", step: { name: "b", vertex: digest("b") } };
  const text = told(
    plan,
    { status: { vertexes: [done("a")] } },
    { status: { logs: [log("b", "looks\n")], vertexes: [done("b", { error: "not found" })] } },
    { error: failure },
  );
  expect(text).toBe("Step 1/3 : RUN a\n ---> aaaaaaaaaaaa\nStep 2/3 : RUN b\nlooks\nerror: not found\n");
});

test("what a step wrote that fails before its turn is told", () => {
  const text = told(
    plan,
    { status: { logs: [log("c", "why\n")], vertexes: [done("c", { error: "exit code: 3" })] } },
    {
      error: { message: "exit code: 3", step: { name: "c", vertex: digest("c") }, exitCode: 3, command: "c" },
    },
  );
  expect(text).toBe(
    "Step 1/3 : RUN a\nStep 3/3 : RUN c\nwhy\nerror: The command 'c' returned a non-zero code: 3\n",
  );
});
