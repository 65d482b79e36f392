import { digestOf } from "../../oci/digest.ts";
import type { Edge, Op, Vertex } from "./model.ts";

/** Makes a vertex and gives it its digest. */
export function vertex(
  op: Op,
  inputs: readonly Edge[],
  { name, ignoreCache }: { name: string; ignoreCache?: boolean },
): Vertex {
  const digests = inputs.map((input) => input?.digest ?? null);
  const digest = digestOf(Buffer.from(canonicalJson([op, digests])));
  return { digest, op, inputs, name, ...(ignoreCache === true ? { ignoreCache } : {}) };
}

/** JSON with the members of objects in the order of their names: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (member === null || typeof member !== "object" || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
