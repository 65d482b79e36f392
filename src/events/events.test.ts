import { expect, test } from "bun:test";
import type { EventMessage } from "../api/index.ts";
import { nowNanoseconds } from "../os/clock.ts";
import { EventBus, type EventQuery } from "./index.ts";

const publish = (bus: EventBus, action: string, attributes: Record<string, string> = {}) =>
  bus.publish({ type: "container", action, id: "c1", attributes: { name: "web", ...attributes } });

async function collect(bus: EventBus, query: EventQuery, work: () => void): Promise<string[]> {
  const controller = new AbortController();
  const stream = bus.subscribe(query, controller.signal);
  work();
  controller.abort();
  const seen: EventMessage[] = [];
  for await (const event of stream) seen.push(event);
  expect(bus.listeners).toBe(0);
  return seen.map((event) => event.Action);
}

test("a subscription sees what comes after it, in order", async () => {
  const bus = new EventBus();
  publish(bus, "create");
  const seen = await collect(bus, { filters: {} }, () => {
    publish(bus, "start");
    publish(bus, "die");
  });
  expect(seen).toEqual(["start", "die"]);
});

test("since replays the history, until in the past ends the stream", async () => {
  const bus = new EventBus();
  publish(bus, "create");
  publish(bus, "start");
  const controller = new AbortController();
  const seen: string[] = [];
  const query = { since: 0n, until: nowNanoseconds(), filters: {} };
  for await (const event of bus.subscribe(query, controller.signal)) seen.push(event.Action);
  expect(seen).toEqual(["create", "start"]);
});

test("the history is bounded", async () => {
  const bus = new EventBus();
  for (let i = 0; i < 300; i++) publish(bus, `exec_start: ${i}`);
  const seen = await collect(bus, { since: 0n, filters: {} }, () => {});
  expect(seen).toHaveLength(256);
  expect(seen[0]).toBe("exec_start: 44");
});

test.each([
  [{ event: ["die"] }, ["die"]],
  [{ event: ["exec_start"] }, ["exec_start: ls"]],
  [{ event: ["exec_start: ls", "die"] }, ["exec_start: ls", "die"]],
  [{ container: ["we"] }, ["start", "exec_start: ls", "die"]],
  [{ container: ["c1"], event: ["start"] }, ["start"]],
  [{ container: ["other"] }, []],
  [{ type: ["image"] }, []],
  [{ image: ["busybox"] }, ["start"]],
  [{ image: ["busybox:latest"] }, ["start"]],
  [{ label: ["team=a"] }, ["die"]],
  [{ label: ["team"] }, ["die"]],
  [{ scope: ["swarm"] }, []],
])("filter %p", async (filters, expected) => {
  const bus = new EventBus();
  const seen = await collect(bus, { filters: filters as Record<string, string[]> }, () => {
    publish(bus, "start", { image: "busybox:latest" });
    publish(bus, "exec_start: ls");
    publish(bus, "die", { team: "a" });
  });
  expect(seen).toEqual(expected);
});

test("an unknown filter is refused", () => {
  const bus = new EventBus();
  expect(() => bus.subscribe({ filters: { colour: ["red"] } }, new AbortController().signal)).toThrow(
    "invalid filter 'colour'",
  );
});

test("a listener that leaves its loop is forgotten", async () => {
  const bus = new EventBus();
  const stream = bus.subscribe({ filters: {} }, new AbortController().signal);
  publish(bus, "start");
  for await (const event of stream) {
    expect(event).toMatchObject({ status: "start", id: "c1", Actor: { Attributes: { name: "web" } } });
    break;
  }
  expect(bus.listeners).toBe(0);
});
