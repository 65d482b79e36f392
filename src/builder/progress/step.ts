import { randomUUID } from "node:crypto";
import { messageOf } from "../../errors/index.ts";
import { digestOf } from "../../oci/digest.ts";
import { nowNanoseconds, rfc3339Nano } from "../../os/clock.ts";
import type { ProgressSink } from "./model.ts";

export const now = (): string => rfc3339Nano(nowNanoseconds());

/** A part of a step, which it tells of: `exporting layers`, a blob that comes. */
export interface Part {
  readonly id: string;
  readonly current?: number;
  readonly total?: number;
  readonly done?: boolean;
}

/** Shows work that is no operation of the graph as a step of the build: `[internal] load metadata`, `exporting to image`. */
export async function internalStep<T>(
  sink: ProgressSink,
  name: string,
  work: (tell: (part: Part) => void) => Promise<T>,
): Promise<T> {
  const vertex = { digest: digestOf(`${name} ${randomUUID()}`), name, started: now() };
  const begun = new Map<string, string>();
  sink.tell({ vertexes: [vertex] });
  const tell = ({ id, current = 0, total, done = false }: Part) => {
    const timestamp = now();
    const started = begun.get(id) ?? timestamp;
    begun.set(id, started);
    const end = done ? { completed: timestamp } : {};
    const size = total === undefined ? {} : { total };
    sink.tell({ statuses: [{ id, vertex: vertex.digest, current, ...size, timestamp, started, ...end }] });
  };
  try {
    const result = await work(tell);
    sink.tell({ vertexes: [{ ...vertex, completed: now() }] });
    return result;
  } catch (error) {
    sink.tell({ vertexes: [{ ...vertex, completed: now(), error: messageOf(error) }] });
    throw error;
  }
}
