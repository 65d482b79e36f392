import type { Digest } from "../../oci/digest.ts";
import type { Platform } from "../../oci/platform.ts";

/**
 * A build as a graph of operations on file trees. A front end makes it, a solver runs it; neither knows the other. It is
 * plain data: the same graph has the same digests on every host and on every day.
 *
 *     const base = vertex({ kind: "image", reference: "docker.io/library/debian:12", id }, [], { name: "[1/2] FROM debian:12" });
 *     const context = vertex({ kind: "local", name: "context" }, [], { name: "[internal] load build context" });
 *     const copied = vertex({ kind: "file", actions: [copy of input 1] }, [edge(base), edge(context)], { name: "[2/2] COPY . /" });
 */
export interface Vertex {
  /** Of the operation and of its inputs' digests; names and options are no part of it. */
  readonly digest: Digest;
  readonly op: Op;
  readonly inputs: readonly Edge[];
  /** What people see: `[build 2/5] RUN make`. */
  readonly name: string;
  /** It runs although the cache has its result, and its result goes into the cache. */
  readonly ignoreCache?: boolean;
}

/** A file tree that another operation makes; undefined is the empty one (`scratch`). */
export type Edge = Vertex | undefined;

export type Op = ImageOp | LocalOp | GitOp | HttpOp | OciLayoutOp | ExecOp | FileOp | LinkOp;

/** The layers of an image. */
export interface ImageOp {
  readonly kind: "image";
  /** As the user wrote it, made canonical; to pull and to show. */
  readonly reference: string;
  /** Digest of the image's config: what the name meant when the graph was made. */
  readonly id: Digest;
  readonly platform: Platform;
}

/** A directory of whoever asked for the build, by the name that the request gives it. It is read in place. */
export interface LocalOp {
  readonly kind: "local";
  readonly name: string;
  /** Patterns of `.dockerignore`; what they exclude is not there. */
  readonly ignore: readonly string[];
}

export interface GitOp {
  readonly kind: "git";
  /** `https://…`, `ssh://…`, `git@host:path`, `file://…`. */
  readonly remote: string;
  /** Branch, tag, `refs/…` or commit; absent: the remote's HEAD. */
  readonly ref?: string;
  readonly subdirectory?: string;
  readonly keepGitDirectory: boolean;
  readonly skipSubmodules?: boolean;
  /** A full commit that the ref must lead to. */
  readonly checksum?: string;
}

/** One file of the web, in the root of its tree. */
export interface HttpOp {
  readonly kind: "http";
  readonly url: string;
  readonly checksum?: Digest;
  /** Absent: from the URL's path or the answer's `Content-Disposition`. */
  readonly filename?: string;
  /** Permission bits; absent: 0600. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** An image in an OCI layout of whoever asked for the build, by the name that the request gives it. */
export interface OciLayoutOp {
  readonly kind: "oci-layout";
  readonly name: string;
  /** Of the image's config, with the layout's manifest that has it. */
  readonly id: Digest;
  readonly manifest: Digest;
  readonly platform: Platform;
}

/** A process in a root file system, input 0, whose changes are the result. */
export interface ExecOp {
  readonly kind: "exec";
  readonly args: readonly string[];
  /** `NAME=value`. */
  readonly env: readonly string[];
  /** Variables such as `HTTP_PROXY` that the process gets and that no result depends on. */
  readonly uncachedEnv: readonly string[];
  readonly cwd: string;
  /** As USER has it; empty: root. */
  readonly user: string;
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
  readonly mounts: readonly ExecMount[];
  readonly platform: Platform;
  /** The limits of the request, which no result depends on. */
  readonly limits?: ExecLimits;
  /** Bytes that the process reads on its standard input (a heredoc's script). */
  readonly stdin?: string;
}

/** As the Engine API's `POST /build` has them. */
export interface ExecLimits {
  readonly memory?: number;
  readonly memorySwap?: number;
  readonly cpuShares?: number;
  readonly cpuPeriod?: number;
  readonly cpuQuota?: number;
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  readonly cgroupParent?: string;
  readonly shmSize?: number;
  readonly ulimits?: readonly { name: string; soft: number; hard: number }[];
  readonly extraHosts?: readonly string[];
  readonly dns?: readonly string[];
  readonly securityOpt?: readonly string[];
  readonly hostname?: string;
  /** Bind mounts of the host as `build -v` has them: `/src:/dst[:ro]`. */
  readonly binds?: readonly string[];
  /** A network of the engine's, by name; stands for "default". */
  readonly networkName?: string;
}

export type ExecMount =
  | {
      readonly type: "bind";
      readonly target: string;
      /** Index of the input; -1: the empty tree. */
      readonly input: number;
      readonly source: string;
      /** The mount can be written to, and what is written is dropped. */
      readonly writable: boolean;
    }
  | {
      readonly type: "cache";
      readonly target: string;
      readonly id: string;
      readonly sharing: "shared" | "private" | "locked";
      readonly readonly: boolean;
      /** What a new cache holds: a tree of an input; -1: nothing. */
      readonly input: number;
      readonly source: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  | { readonly type: "tmpfs"; readonly target: string; readonly size?: number }
  | {
      readonly type: "secret";
      readonly id: string;
      /** Where its file is; absent: none. */
      readonly target?: string;
      /** The variable that holds it; absent: none. */
      readonly env?: string;
      readonly required: boolean;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  | {
      readonly type: "ssh";
      readonly id: string;
      readonly target: string;
      readonly required: boolean;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

/** Changes of a file tree, input 0, one after the other; all of them together are one layer. */
export interface FileOp {
  readonly kind: "file";
  readonly actions: readonly FileAction[];
  /** Seconds since the epoch that directories made on the way, and files of `write`, have as their time. */
  readonly time?: number;
}

export type FileAction =
  | {
      readonly action: "copy";
      readonly input: number;
      /** Paths or wildcards (Go's filepath.Match) in that input; `/` is its root. */
      readonly sources: readonly string[];
      readonly destination: string;
      /** The destination is a directory, also for one source: it ended with a slash, or there were several. */
      readonly intoDirectory: boolean;
      /** `USER[:GROUP]`, names looked up in input 0's /etc/passwd and group; absent: root for local trees, else kept. */
      readonly owner?: string;
      /** Octal, or symbolic as chmod(1): `u=rwX,go=rX`. */
      readonly mode?: string;
      /** What the path has before its pivot (`/./`, or all) is made at the destination, too. */
      readonly parents: boolean;
      readonly exclude: readonly string[];
      /** Archives among the sources are unpacked: those that are recognised, whatever their name. */
      readonly unpack: boolean;
      /** No source may be missing; wildcards that match nothing are an error, too. */
      readonly required: boolean;
      /** A link in the destination's path is replaced and not followed, for layers that must not depend on what is below. */
      readonly replaceLinks: boolean;
    }
  | {
      readonly action: "mkdir";
      readonly path: string;
      readonly mode: number;
      readonly owner?: string;
    }
  | {
      readonly action: "write";
      readonly path: string;
      /** Where the path is a directory, the file of this name in it is meant. */
      readonly name?: string;
      readonly content: string;
      readonly mode: number | string;
      readonly owner?: string;
    }
  | { readonly action: "remove"; readonly path: string; readonly allowMissing: boolean };

/** The layers of input 1, which was made on nothing, put on input 0: `COPY --link`. */
export interface LinkOp {
  readonly kind: "link";
}
