import type { SolveStatus, VertexStatus } from "../../../api/index.ts";

/** Times of a build, in milliseconds after its begin. */
export const begin = Date.parse("2026-01-01T00:00:00Z");
export const at = (milliseconds: number): string => new Date(begin + milliseconds).toISOString();

export const step = (name: string, status: Partial<VertexStatus> = {}): SolveStatus => ({
  vertexes: [{ digest: `sha256:${name}`, name, started: at(0), ...status }],
});

export const output = (name: string, text: string, time = 1500): SolveStatus => ({
  logs: [
    { vertex: `sha256:${name}`, stream: 1, data: Buffer.from(text).toString("base64"), timestamp: at(time) },
  ],
});

export const transfer = (name: string, id: string, current: number, completed?: number): SolveStatus => ({
  statuses: [
    {
      ...{ id, vertex: `sha256:${name}`, current, total: 2_000_000, timestamp: at(0), started: at(0) },
      ...(completed === undefined ? {} : { completed: at(completed) }),
    },
  ],
});
