import { describe, expect, test } from "bun:test";
import type { SolveStatus } from "../../../api/index.ts";
import { BuildLog } from "./log.ts";
import { screen } from "./screen.ts";
import { at, begin, output, step, transfer } from "./testing.ts";

const shown = (height: number, ...messages: SolveStatus[]) => {
  const log = new BuildLog();
  for (const message of messages) log.update(message);
  return screen(log, begin, height, begin + 3000).map(({ text, time }) => `${text}${time && ` ${time}`}`);
};
const lines = (name: string, count: number) =>
  output(name, Array.from({ length: count }, (_, line) => `${name} ${line + 1}\n`).join(""));

describe("the screen of a build", () => {
  test("has a line for each step, with its mark and its time", () => {
    expect(
      shown(
        24,
        step("done", { completed: at(1200) }),
        step("known", { cached: true, completed: at(0) }),
        step("wrong", { completed: at(100), error: "exit code: 1" }),
        step("stopped", { completed: at(100), error: "context canceled" }),
        step("runs"),
        { vertexes: [{ digest: "sha256:later", name: "later" }] },
      ),
    ).toEqual([
      "[+] Building 3.0s (4/6)",
      " => done 1.2s",
      " => CACHED known 0.0s",
      " => ERROR wrong 0.1s",
      " => CANCELED stopped 0.1s",
      " => runs 3.0s",
    ]);
    expect(shown(24, step("done", { completed: at(1) }))[0]).toBe("[+] Building 3.0s (1/1) FINISHED");
  });

  test("shows what a running step writes and transfers, lines without an end too", () => {
    expect(
      shown(
        24,
        step("runs"),
        lines("runs", 7),
        output("runs", "\r10%\r20%"),
        transfer("runs", "a", 1_000_000, 100),
      ),
    ).toEqual([
      "[+] Building 3.0s (0/1)",
      " => runs 3.0s",
      " => => a: 1MB / 2MB 0.1s done",
      ...[3, 4, 5, 6, 7].map((line) => ` => => # runs ${line}`),
      " => => # 20%",
    ]);
    expect(shown(24, step("done", { completed: at(1) }), lines("done", 3)).length).toBe(2);
  });

  test("leaves out finished steps first, then output, and running steps last", () => {
    const messages = [
      step("old", { completed: at(1) }),
      ...["a", "b", "c"].flatMap((name) => [step(name), lines(name, 6)]),
    ];
    expect(shown(23, ...messages)).toContain(" => old 0.0s");
    expect(shown(22, ...messages)).not.toContain(" => old 0.0s");
    expect(shown(10, ...messages)).toEqual([
      "[+] Building 3.0s (1/4)",
      ...["a", "b", "c"].flatMap((name) => [` => ${name} 3.0s`, ` => => # ${name} 5`, ` => => # ${name} 6`]),
    ]);
    expect(shown(4, ...messages).slice(1)).toEqual([" => a 3.0s", " => b 3.0s", " => c 3.0s"]);
    expect(shown(3, ...messages).slice(1)).toEqual([" => b 3.0s", " => c 3.0s"]);
  });
});
