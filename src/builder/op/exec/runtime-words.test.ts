import { expect, test } from "bun:test";
import { inOtherWords } from "./runtime-words.ts";

const told = (text: string) => Buffer.from(inOtherWords(Buffer.from(text))).toString();

test("a program that the kernel does not execute is told in the usual words", () => {
  const said = (msg: string) =>
    `${JSON.stringify({ msg, level: "error", time: "2026-11-29T09:22:51.169037Z" })}\n`;
  expect(told(said("exec container process `/s`: Exec format error"))).toBe("exec /s: exec format error\n");
  expect(
    told(said("exec container process (missing dynamic library?) `/a b`: No such file or directory")),
  ).toBe("exec /a b: no such file or directory\n");
});

test("what a program writes is its own matter", () => {
  for (const text of [
    '{"msg":"x"}\n',
    "{",
    "exec container process `/s`: no\n",
    '{"msg":"exec container process `',
  ])
    expect(told(text)).toBe(text);
});
