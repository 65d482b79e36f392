import { createHash, randomBytes } from "node:crypto";
import { isIPv4 } from "node:net";

/** An engine's key as it appears in names: itself if short and plain, otherwise its digest. */
export function shortKey(engineKey: string): string {
  if (/^[\w.-]{1,15}$/.test(engineKey)) return engineKey;
  return createHash("sha256").update(engineKey).digest("hex").slice(0, 12);
}

/** The text by which a link of ours is known, whoever finds it. */
export function linkAlias(engineKey: string, id: string): string {
  return `slipway:${shortKey(engineKey)}:${id}`;
}

/** A name for a sandbox's end on the host, as Docker's look. */
export function newHostInterface(): string {
  return `veth${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/**
 * Docker's rule: a prefix of its own and the four bytes of the address, so no two in a network are equal. An IPv6
 * address counts by four bytes of its digest.
 */
export function macOf(address: string): string {
  const bytes = isIPv4(address)
    ? address.split(".").map(Number)
    : [...createHash("sha256").update(address).digest().subarray(0, 4)];
  return ["02", "42", ...bytes.map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

const INTERIM = /^slw[0-9a-f]{10}$/;

/** What an interface inside a sandbox is called until it gets its name and its mark in one go. */
export function interimName(): string {
  return `slw${randomBytes(5).toString("hex")}`;
}

export function isInterimName(name: string): boolean {
  return INTERIM.test(name);
}
