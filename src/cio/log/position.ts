import type { LogPosition } from "./driver.ts";

/** Negative when `a` comes before `b`. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  return a.generation - b.generation || a.offset - b.offset;
}

export function laterOf<P extends LogPosition>(a: P, b: P): P {
  return comparePositions(a, b) < 0 ? b : a;
}

export function earlierOf<P extends LogPosition>(a: P, b: P): P {
  return comparePositions(a, b) < 0 ? a : b;
}
