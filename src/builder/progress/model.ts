import type { Digest } from "../../oci/digest.ts";

/**
 * What happens in a build, as BuildKit's SolveStatus tells it (`--progress=rawjson`; moby/buildkit client/graph.go): each message has
 * some of the lists, times are RFC 3339, data is base64.
 */
export interface SolveStatus {
  vertexes?: VertexStatus[];
  statuses?: TransferStatus[];
  logs?: VertexLog[];
  warnings?: BuildWarning[];
}

export interface VertexStatus {
  digest: Digest;
  inputs?: Digest[];
  name: string;
  started?: string;
  completed?: string;
  cached?: boolean;
  error?: string;
}

export interface TransferStatus {
  id: string;
  vertex: Digest;
  name?: string;
  current: number;
  total?: number;
  timestamp: string;
  started?: string;
  completed?: string;
}

export interface VertexLog {
  vertex: Digest;
  /** 1: stdout, 2: stderr. */
  stream: 1 | 2;
  /** Base64. */
  data: string;
  timestamp: string;
}

export interface BuildWarning {
  vertex: Digest;
  level: number;
  /** Base64, as in BuildKit. */
  short: string;
  detail?: string[];
  url?: string;
  sourceInfo?: { filename: string; data: string };
  range?: { start: { line: number; character: number }; end: { line: number; character: number } }[];
}

/** Where a build tells what happens; must not block. */
export interface ProgressSink {
  tell(status: SolveStatus): void;
}
