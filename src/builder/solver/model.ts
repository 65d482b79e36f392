import type { Digest } from "../../oci/digest.ts";
import type { Op, Vertex } from "../graph/index.ts";

/** A layer that lies unpacked in a snapshot under the chain ID of it and all below. */
export interface BuiltLayer {
  readonly diffID: Digest;
  readonly chainID: Digest;
  /** Bytes of its files. */
  readonly size: number;
  /** When it was made, RFC 3339: the history of images has it, however often the layer is found in the cache. */
  readonly created: string;
}

/** The result of an operation: layers, lowest first (none: the empty tree), or a directory that somebody else owns. */
export type Result =
  | { readonly kind: "layers"; readonly layers: readonly BuiltLayer[] }
  | { readonly kind: "directory"; readonly path: string; readonly ignore: readonly string[] };

/**
 * How operations of one kind are done. The solver calls `key` when all inputs are there, looks for the key in the caches, and
 * calls `run` when none has it.
 */
export interface Operation<O extends Op = Op> {
  /**
   * Digest of all that the result depends on: the operation, and of the inputs as little as possible: the content of the
   * files that are copied, the chain ID where all may matter. Undefined: the result is never kept.
   */
  key(op: O, inputs: readonly Result[], job: OpJob): Promise<Digest | undefined>;
  /** Errors are the user's to read: they name what the user wrote. An abort ends every process and removes what is half done. */
  run(op: O, inputs: readonly Result[], job: OpJob): Promise<Result>;
}

/** One kind of operation each. */
export type Operations = { readonly [K in Op["kind"]]: Operation<Extract<Op, { kind: K }>> };

/** What an operation needs of the build that it is done for. */
export interface OpJob {
  readonly vertex: Vertex;
  readonly signal: AbortSignal;
  readonly session: Session;
  /** Output of a process: 1 is stdout, 2 is stderr. */
  log(stream: 1 | 2, data: Uint8Array): void;
  /** How far a part of it is: bytes of a transfer. */
  status(status: OpStatus): void;
}

export interface OpStatus {
  /** What moves: a digest, a file's name. */
  readonly id: string;
  /** `transferring`, `extracting`, … */
  readonly action: string;
  readonly current: number;
  readonly total?: number;
  readonly completed?: boolean;
}

/** What whoever asked for a build lends to it. Nothing of it is kept, logged or part of a key. */
export interface Session {
  /** Paths of directories, and of OCI layouts, by the names that the graph has for them. */
  readonly directories: ReadonlyMap<string, string>;
  /** A command that fails leaves its root file system for somebody to look into. */
  readonly keepFailed?: boolean;
  /** Undefined for one that was not given. */
  secret(id: string): Promise<Uint8Array | undefined>;
  /** Path of an agent's socket on this host; undefined when none was given. */
  sshAgent(id: string): Promise<string | undefined>;
  /** Credentials for a registry or a git host. */
  auth(host: string): Promise<{ username: string; password: string } | undefined>;
}

/** A step that is finished, as caches have it. */
export interface CacheEntry {
  readonly key: Digest;
  readonly layers: readonly BuiltLayer[];
}

/** A step as it came out of a build, whether it ran or not. */
export interface SolvedStep extends CacheEntry {
  readonly vertex: Vertex;
  readonly inputs: readonly Result[];
  /** Keys of the steps on whose layers its own lie. */
  readonly parents: readonly Digest[];
}

/** What is to be found, for caches that do not know the key. */
export type AskedStep = Pick<SolvedStep, "vertex" | "inputs">;

/** A cache that the user imports. Must never throw for what it does not have, and must hold what it answers. */
export interface ResultCache {
  lookup(key: Digest, signal: AbortSignal, step: AskedStep): Promise<readonly BuiltLayer[] | undefined>;
}

/** The engine's own cache. What it answers is there as long as nothing else runs: whoever needs it holds it at once. */
export interface OwnCache {
  find(key: Digest): readonly BuiltLayer[] | undefined;
  /** Returns before it is durable. */
  save(step: SolvedStep): void;
}
