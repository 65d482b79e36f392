import { describe, expect, test } from "bun:test";
import { BuildLog } from "./log.ts";
import { at, output, step, transfer } from "./testing.ts";

const logged = (...pieces: string[]) => {
  const log = new BuildLog();
  log.update(step("make"));
  for (const piece of pieces) log.update(output("make", piece));
  return log;
};

describe("a build's log", () => {
  test("makes lines of pieces, each with its time", () => {
    const log = logged("one\ntw", "o\n");
    expect(log.tail("sha256:make", 5)).toEqual(["1.500 one", "1.500 two"]);
    expect(log.tail("sha256:make", 1)).toEqual(["1.500 two"]);
    expect(log.tail("sha256:other", 1)).toEqual([]);
  });

  test("keeps of a line that is written over its last state", () => {
    expect(logged("10%\r50%\r", "100%\r\nend\r\n").tail("sha256:make", 5)).toEqual([
      "1.500 100%",
      "1.500 end",
    ]);
    const log = logged(...Array.from({ length: 1000 }, (_, count) => `${count} of many\r`));
    expect(log.steps[0]?.rest).toBe("999 of many\r");
  });

  test("ends the last line with the step", () => {
    const log = logged("no newline");
    expect(log.tail("sha256:make", 5)).toEqual([]);
    log.update(step("make", { completed: at(2000) }));
    expect(log.tail("sha256:make", 5)).toEqual(["2.000 no newline"]);
  });

  test("has bounds", () => {
    const log = logged("x".repeat(1 << 20), ...Array.from({ length: 500 }, (_, line) => `${line}\n`));
    expect(log.tail("sha256:make", 1000).length).toBe(200);
    expect(log.steps[0]?.rest).toBe("");
  });

  test("knows of a step what its messages have said", () => {
    const log = new BuildLog();
    log.update(step("make"));
    log.update(transfer("make", "layer", 1_000_000));
    log.update(step("make", { completed: at(500), cached: true, error: "no" }));
    expect(log.steps).toMatchObject([{ number: 1, name: "make", cached: true, error: "no" }]);
    expect([...(log.steps[0]?.transfers.values() ?? [])]).toMatchObject([
      { id: "layer", current: 1_000_000 },
    ]);
  });
});
