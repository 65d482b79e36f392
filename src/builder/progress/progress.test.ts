import { describe, expect, test } from "bun:test";
import type { BuildMessage, SolveStatus } from "../../api/build.ts";
import { Channel } from "./channel.ts";
import { internalStep } from "./step.ts";

const moved = (id: string, current: number): SolveStatus => ({
  statuses: [{ id, vertex: "v", current, timestamp: "" }],
});
const named = (name: string): SolveStatus => ({ vertexes: [{ digest: name, name }] });

describe("a channel", () => {
  test("gives a slow reader the latest state of transfers, and all of the rest in order", async () => {
    const channel = new Channel();
    channel.send({ id: "build" });
    channel.tell(named("a"));
    for (const current of [1, 2, 3]) channel.tell(moved("x", current));
    channel.tell(moved("y", 1));
    channel.tell(named("b"));
    channel.tell(moved("x", 4));
    channel.end();
    expect(await Array.fromAsync(channel)).toEqual([
      { id: "build" },
      { status: named("a") },
      { status: { statuses: [...(moved("x", 3).statuses ?? []), ...(moved("y", 1).statuses ?? [])] } },
      { status: named("b") },
      { status: moved("x", 4) },
    ]);
  });

  test("wakes its reader for what comes, and for the end", async () => {
    const channel = new Channel();
    const heard: BuildMessage[] = [];
    const reader = (async () => {
      for await (const message of channel) heard.push(message);
    })();
    await Promise.resolve();
    channel.tell(named("a"));
    while (heard.length < 1) await Promise.resolve();
    channel.send({ result: { Targets: [], Warnings: [] } });
    channel.end();
    await reader;
    expect(heard).toHaveLength(2);
  });
});

describe("work of a build's own", () => {
  const record = () => {
    const told: SolveStatus[] = [];
    return { told, sink: { tell: (status: SolveStatus) => void told.push(status) } };
  };

  test("is a step that begins, tells of its parts and ends", async () => {
    const { told, sink } = record();
    const answer = await internalStep(sink, "exporting", async (tell) => {
      tell({ id: "layer", current: 1, total: 2 });
      tell({ id: "layer", current: 2, total: 2, done: true });
      return 7;
    });
    expect(answer).toBe(7);
    const [begun, first, second, ended] = told;
    const digest = begun?.vertexes?.[0]?.digest ?? "";
    expect(begun?.vertexes).toMatchObject([{ name: "exporting", started: expect.any(String) }]);
    expect(begun?.vertexes?.[0]?.completed).toBeUndefined();
    expect(first?.statuses).toMatchObject([{ id: "layer", vertex: digest, current: 1, total: 2 }]);
    expect(second?.statuses).toMatchObject([{ started: first?.statuses?.[0]?.started, current: 2 }]);
    expect(second?.statuses?.[0]?.completed).toBeDefined();
    expect(ended?.vertexes).toMatchObject([{ digest, completed: expect.any(String) }]);
  });

  test("that fails says why, and is another step each time", async () => {
    const { told, sink } = record();
    const fail = () => internalStep(sink, "exporting", () => Promise.reject(new Error("no space")));
    await expect(fail()).rejects.toThrow("no space");
    await expect(fail()).rejects.toThrow("no space");
    expect(told.map(({ vertexes }) => vertexes?.[0]?.error)).toEqual([
      undefined,
      "no space",
      undefined,
      "no space",
    ]);
    expect(new Set(told.map(({ vertexes }) => vertexes?.[0]?.digest)).size).toBe(2);
  });
});
