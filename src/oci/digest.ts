import { invalid } from "../errors/index.ts";

/** An OCI digest (image-spec, descriptor.md#digests); SHA-256 is the one algorithm in use. */
export type Digest = `sha256:${string}`;

const pattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

/** `invalid` for whatever is not `sha256:` and 64 lower-case hexadecimal digits. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw invalid(`invalid digest "${text}": sha256: and 64 hexadecimal digits are expected`);
}

/** The digits after the algorithm. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/** The digest of bytes, or of a string's UTF-8. For streams use a hash and `digestFromHex`. */
export function digestOf(content: string | Uint8Array): Digest {
  // Of Bun: loading node:crypto takes 14 ms, in every command and every child.
  return digestFromHex(new Bun.CryptoHasher("sha256").update(content).digest("hex"));
}

export function digestFromHex(hex: string): Digest {
  return parseDigest(`sha256:${hex}`);
}

/**
 * The chain ID of every layer, lowest first (image-spec, config.md#layer-chainid): what a stack of layers up to
 * and with this one unpacks to, by name.
 */
export function chainIDs(diffIDs: readonly Digest[]): Digest[] {
  const chain: Digest[] = [];
  for (const diffID of diffIDs) chain.push(chainIDOn(chain.at(-1), diffID));
  return chain;
}

/** The chain ID of a layer on a stack, of which that chain ID is known; on nothing it is the layer's own. */
export function chainIDOn(below: Digest | undefined, diffID: Digest): Digest {
  return below === undefined ? diffID : digestOf(`${below} ${diffID}`);
}

/** The chain ID of the whole stack; undefined for an image without layers. */
export function chainID(diffIDs: readonly Digest[]): Digest | undefined {
  return chainIDs(diffIDs).at(-1);
}
