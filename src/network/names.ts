import { createHash } from "node:crypto";

/** An engine's key as it appears in names: itself if short and plain, otherwise its digest. */
export function shortKey(engineKey: string): string {
  if (/^[\w.-]{1,15}$/.test(engineKey)) return engineKey;
  return createHash("sha256").update(engineKey).digest("hex").slice(0, 12);
}

/** The text by which a link of ours is known, whoever finds it. */
export function linkAlias(engineKey: string, id: string): string {
  return `slipway:${shortKey(engineKey)}:${id}`;
}

/** Docker's rule: a prefix of its own and the four bytes of the address, so no two in a network are equal. */
export function macOf(address: string): string {
  return ["02", "42", ...address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"))].join(
    ":",
  );
}
