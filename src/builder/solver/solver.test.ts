import { expect, test } from "bun:test";
import { invalid, SlipwayError } from "../../errors/index.ts";
import { StepFailure } from "./failure.ts";
import { bench, lastOf, layerOn, logOf, step } from "./testing.ts";

/** Resolves when the signal says so: a process that runs until it is ended. */
const untilAborted = (signal: AbortSignal, ended: () => void) =>
  new Promise<void>((_, reject) => {
    const stop = () => {
      ended();
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  });

const failureOf = (result: Promise<unknown>): Promise<unknown> =>
  result.then(
    () => undefined,
    (error: unknown) => error,
  );

test("a diamond runs every step once, inputs first, and what nothing needs never", async () => {
  const { operations, solve } = bench();
  const base = step("base");
  const [left, right] = [step("left", [base]), step("right", [base])];
  step("unneeded", [base]);
  const top = step("top", [left, right, undefined]);
  const { result, told, lease } = solve([top, top, undefined]);
  const results = await result;
  expect(operations.runs.toSorted()).toEqual(["base", "left", "right", "top"]);
  expect([operations.runs[0], operations.runs[3]]).toEqual(["base", "top"]);
  expect(results[0]).toBe(results[1] as never);
  expect(results[2]).toEqual({ kind: "layers", layers: [] });
  expect(told[0]?.vertexes?.map(({ name }) => name)).toEqual(["base", "left", "right", "top"]);
  expect(lastOf(told, top)).toMatchObject({ started: expect.any(String), completed: expect.any(String) });
  const [tree] = results;
  const chains = tree?.kind === "layers" ? tree.layers.map(({ chainID }) => chainID) : [];
  for (const chain of chains) expect(lease.chains).toContain(chain);
});

test("a step is kept with those that its layers lie on, not with those that it was only made of", async () => {
  const { cache, solve } = bench();
  const [base, other] = [step("base"), step("other")];
  const solved: string[][] = [];
  await solve([step("top", [base, other])], {
    solved: ({ vertex, parents }) => solved.push([vertex.name, ...parents]),
  }).result;
  const [found] = [...cache.steps.values()].filter(({ vertex }) => vertex.name === "base");
  expect(solved.find(([name]) => name === "top")).toEqual(["top", found?.key ?? ""]);
});

test("a second build has every step from the cache", async () => {
  const { operations, solve } = bench();
  const top = step("top", [step("base")]);
  const first = await solve([top]).result;
  const { result, told } = solve([top]);
  expect(await result).toEqual(first);
  expect(operations.runs).toEqual(["base", "top"]);
  expect(lastOf(told, top)?.cached).toBe(true);
});

test("steps with the same content below them are found although what made it differs", async () => {
  const { operations, solve } = bench();
  operations.unkept.add("base");
  await solve([step("top", [step("base")])]).result;
  await solve([step("top", [step("base", [undefined])])]).result;
  expect(operations.runs).toEqual(["base", "top", "base"]);
});

test("a step that ignores the cache runs, what is on it need not, and its result is kept", async () => {
  const { operations, cache, solve } = bench();
  await solve([step("top", [step("base")])]).result;
  const before = [...cache.steps.values()];
  await solve([step("top", [step("base", [], { ignoreCache: true })])]).result;
  expect(operations.runs).toEqual(["base", "top", "base"]);
  expect(cache.steps.size).toBe(2);
  expect([...cache.steps.values()][0]).not.toBe(before[0]);
});

test("an imported cache is asked after the own one, and what it has is kept", async () => {
  const { operations, cache, solve } = bench();
  const asked: string[] = [];
  const base = step("base");
  const imported = {
    lookup: (key: string) => {
      asked.push(key);
      return Promise.resolve(asked.length === 1 ? [layerOn([], "base")] : undefined);
    },
  };
  await solve([step("top", [base])], { caches: [imported] }).result;
  expect(operations.runs).toEqual(["top"]);
  await solve([step("top", [base])], { caches: [imported] }).result;
  expect(asked).toHaveLength(2);
  expect([...cache.steps.values()].map(({ vertex }) => vertex.name).toSorted()).toEqual(["base", "top"]);
});

test("independent steps run at the same time, no more than allowed", async () => {
  const { operations, solve } = bench();
  const names = ["a", "b", "c", "d"];
  let running = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  for (const name of names) {
    operations.work.set(name, async () => {
      most = Math.max(most, ++running);
      if (running === 3) gate.resolve();
      await gate.promise;
      running--;
    });
  }
  await solve(
    [
      step(
        "top",
        names.map((name) => step(name)),
      ),
    ],
    { maxParallel: 3 },
  ).result;
  expect(most).toBe(3);
});

test("what two builds want at once runs once, and both hear all that it says", async () => {
  const { operations, solve } = bench();
  const [started, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  operations.work.set("slow", async ({ log }) => {
    log(1, Buffer.from("one\n"));
    started.resolve();
    await gate.promise;
    log(1, Buffer.from("two\n"));
  });
  const slow = step("slow");
  const first = solve([step("a", [slow])]);
  await started.promise;
  const second = solve([step("b", [slow])]);
  while (logOf(second.told, slow) === "") await new Promise(setImmediate);
  gate.resolve();
  await Promise.all([first.result, second.result]);
  expect(operations.runs.toSorted()).toEqual(["a", "b", "slow"]);
  for (const { told } of [first, second]) expect(logOf(told, slow)).toBe("one\ntwo\n");
});

/** Two builds that wait for the same step, and how often it was ended. */
async function twoBuilds(prepare: (operations: ReturnType<typeof bench>["operations"]) => void = () => {}) {
  const { operations, solve } = bench();
  const [started, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ends = { count: 0 };
  operations.work.set("slow", async ({ signal, log }) => {
    log(1, Buffer.from("begun"));
    started.resolve();
    await Promise.race([gate.promise, untilAborted(signal, () => ends.count++)]);
  });
  prepare(operations);
  const slow = step("slow", [step("context")]);
  const controllers = [new AbortController(), new AbortController()] as const;
  const first = solve([slow], { signal: controllers[0].signal });
  await started.promise;
  const second = solve([slow], { signal: controllers[1].signal });
  while (logOf(second.told, slow) === "") await new Promise(setImmediate);
  return { operations, first, second, controllers, gate, ends, slow };
}

test("a build that is cancelled leaves the step to the other that wants it", async () => {
  const { operations, first, second, controllers, gate, ends } = await twoBuilds();
  controllers[0].abort();
  expect(await failureOf(first.result)).toMatchObject({ kind: "cancelled" });
  gate.resolve();
  expect((await second.result)[0]?.kind).toBe("layers");
  expect([ends.count, operations.runs.filter((name) => name === "slow").length]).toEqual([0, 1]);
});

test("what uses a directory of the build that is cancelled is done anew for the other", async () => {
  const { operations, first, second, controllers, gate, ends, slow } = await twoBuilds((fakes) => {
    fakes.unkept.add("context");
    fakes.directories.add("context");
  });
  controllers[0].abort();
  await failureOf(first.result);
  gate.resolve();
  await second.result;
  expect([ends.count, operations.runs.filter((name) => name === "slow").length]).toEqual([1, 2]);
  expect(lastOf(second.told, slow)?.error).toBeUndefined();
});

test("the step ends when both builds are cancelled, before they say so", async () => {
  const { first, second, controllers, ends, slow } = await twoBuilds();
  for (const controller of controllers) controller.abort();
  for (const { result, told } of [first, second]) {
    expect(await failureOf(result)).toMatchObject({ kind: "cancelled" });
    expect(ends.count).toBe(1);
    expect(lastOf(told, slow)?.error).toBe("context canceled");
  }
});

test("whoever joins a step that is being ended starts it anew", async () => {
  const { operations, solve } = bench();
  const [started, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const stopping = Promise.withResolvers<void>();
  let ended = false;
  operations.work.set("slow", async ({ signal }) => {
    if (operations.runs.length > 1) {
      expect(ended).toBe(true);
      return;
    }
    started.resolve();
    await untilAborted(signal, stopping.resolve).catch(() => undefined);
    await gate.promise;
    ended = true;
    throw signal.reason;
  });
  const controller = new AbortController();
  const first = failureOf(solve([step("slow")], { signal: controller.signal }).result);
  await started.promise;
  controller.abort();
  await stopping.promise;
  const second = solve([step("slow")]);
  await new Promise(setImmediate);
  gate.resolve();
  expect(await first).toMatchObject({ kind: "cancelled" });
  await second.result;
  expect(operations.runs).toEqual(["slow", "slow"]);
});

test("the first failure ends the other steps, and is told with its step and what it was made of", async () => {
  const { operations, cache, solve } = bench();
  const started = Promise.withResolvers<void>();
  let ended = false;
  operations.work.set("slow", async ({ signal }) => {
    started.resolve();
    await untilAborted(signal, () => {
      ended = true;
    });
  });
  operations.work.set("bad", async () => {
    await started.promise;
    throw invalid("it exited with 3", { exitCode: 3 });
  });
  const base = step("base");
  const [slow, bad] = [step("slow", [base]), step("bad", [base])];
  const { result, told } = solve([step("top", [slow, bad])]);
  const failure = (await failureOf(result)) as StepFailure;
  expect(ended).toBe(true);
  expect(failure).toBeInstanceOf(StepFailure);
  expect(failure).toBeInstanceOf(SlipwayError);
  expect(failure).toMatchObject({ kind: "invalid", message: "it exited with 3", details: { exitCode: 3 } });
  expect(failure.vertex).toBe(bad);
  expect(failure.inputs.map(({ kind }) => kind)).toEqual(["layers"]);
  expect(lastOf(told, bad)?.error).toBe("it exited with 3");
  expect(lastOf(told, slow)?.error).toBe("context canceled");
  expect([...cache.steps.values()].map(({ vertex }) => vertex.name)).toEqual(["base"]);
});

test("long output is cut with a note, and of a step that fails the last lines come all the same", async () => {
  const { operations, solve } = bench();
  const line = Buffer.alloc(1 << 20, "x");
  operations.work.set("loud", async ({ log }) => {
    for (let times = 0; times < 8; times++) log(1, line);
    log(2, Buffer.from("the reason"));
    throw invalid("no");
  });
  const loud = step("loud");
  const { result, told } = solve([loud]);
  await failureOf(result);
  const log = logOf(told, loud);
  expect(log.length).toBeLessThan(2.5 * (1 << 20));
  expect(log).toContain("[output clipped, log limit 2MiB reached]");
  expect(log.endsWith("the reason")).toBe(true);
});

test("transfers are told with their times", async () => {
  const { operations, solve } = bench();
  operations.work.set("pull", async ({ status }) => {
    status({ id: "sha256:aa", action: "downloading", current: 1, total: 2 });
    status({ id: "sha256:aa", action: "downloading", current: 2, total: 2, completed: true });
  });
  const { result, told } = solve([step("pull")]);
  await result;
  const statuses = told.flatMap(({ statuses = [] }) => statuses);
  expect(statuses.map(({ current, total }) => [current, total])).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(statuses[1]?.started).toBe(statuses[0]?.timestamp as string);
  expect(statuses[1]?.completed).toBeDefined();
});
