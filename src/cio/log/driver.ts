import type { StdStream } from "../../api/stdcopy.ts";

/** The two streams that are logged. */
export type OutputStream = typeof StdStream.stdout | typeof StdStream.stderr;

/** What a log entry's attributes and tag can say about a container. */
export interface LoggedContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `NAME=value` */
  readonly env: readonly string[];
  readonly command: readonly string[];
  readonly imageId: string;
  readonly imageName: string;
}

export interface LogContext {
  /** The log file; rotated ones are named `<path>.1`, `<path>.2`, … (`.gz` when compressed). */
  readonly path: string;
  /** Where output that is not in the log yet outlives a killed engine; best a tmpfs. */
  readonly stateDir: string;
  readonly options: Readonly<Record<string, string>>;
  readonly container: LoggedContainer;
}

/** A place in a log that rotation does not move. */
export interface LogPosition {
  /** Counts rotations since the writer was opened; files older than that have negative generations. */
  readonly generation: number;
  /** Bytes into the (uncompressed) file. */
  readonly offset: number;
}

/** How far one stream is logged: everything before `position`, and `unfinished`, the start of a line. */
export interface LogMark extends LogPosition {
  readonly unfinished: Uint8Array;
}

export type LogMarks = Readonly<Record<OutputStream, LogMark>>;

/** Gives the output between two sets of marks again, byte for byte. */
export interface LogReplay {
  /** Where it has got to. */
  readonly position: LogPosition;
  /**
   * The next frames (multiplexed) of what was logged before `upTo`, or undefined when there is nothing to
   * give before `upTo` moves. Entries of an `ended` stream beyond its mark are passed over.
   */
  next(upTo: LogMarks, ended: ReadonlySet<OutputStream>): Promise<Uint8Array | undefined>;
  /** Whether nothing logged before `upTo` is left to give. */
  complete(upTo: LogMarks): boolean;
  /** Frames of the unfinished lines at `upTo`, without what was delivered of them at the beginning. */
  rest(upTo: LogMarks): Uint8Array;
  close(): void;
}

/** Output between a pipe and the log; a killed engine loses none of it. */
export interface OutputSpool {
  /**
   * Takes at most `bytes` from a non-blocking pipe and puts them to `address`. Answers like read(2): 0 at the
   * end, -1 and an errno, EAGAIN for an empty pipe.
   */
  take(pipe: number, address: number, bytes: number): number;
  /** To be called before a long wait. */
  shrink(): void;
}

/** Takes a container's output. One per running container; readers in the same process follow it. */
export interface LogWriter {
  /** Where to take the output from its pipes; all of it is then to be written here before more is taken. */
  readonly spools: Readonly<Record<OutputStream, OutputSpool>>;
  /** Settles when what a killed engine had taken and not logged is in the log. Await it before taking more. */
  readonly recovered: Promise<void>;
  /**
   * Adds output, all that was taken from the stream's spool or, without use of it, read otherwise. `chunk` is
   * read before the call returns and may be reused then; the promise resolves when the page cache has all
   * complete lines.
   */
  write(stream: OutputStream, chunk: Uint8Array): Promise<void>;
  /** What the log will hold of a stream when all writes called so far are done. */
  mark(stream: OutputStream): LogMark;
  /** Whether the log would give back exactly these bytes: json-file cannot hold invalid UTF-8. */
  reproduces(stream: OutputStream, chunk: Uint8Array): boolean;
  /** Whether the file at a position is certain to be there still when `chunk` was written too. */
  retains(position: LogPosition, chunk: Uint8Array): boolean;
  /** Starts to give again what was output after `from`. */
  replay(from: LogMarks): LogReplay;
  /** Logs a stream's unfinished line, at its end. */
  finish(stream: OutputStream): Promise<void>;
  /** Ends followers once they have everything. Unfinished lines are left to the next engine. */
  close(): Promise<void>;
}

/** Which entries of a log, and how they are shown. */
export interface LogQuery {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Nanoseconds since 1970; entries before are left out. */
  readonly since?: bigint;
  /** Nanoseconds since 1970; the first entry after it ends the output. */
  readonly until?: bigint;
  /** The number of entries from the end; all without it. Counts both streams, as Docker does. */
  readonly tail?: number;
  /** Wait for more until the writer is closed. */
  readonly follow?: boolean;
  /** Precede each entry by its time, RFC 3339 with nine digits. */
  readonly timestamps?: boolean;
  /** Precede each entry by its attributes, `k=v,k=v`. */
  readonly details?: boolean;
  readonly framing: "raw" | "multiplexed";
}

export interface LogDriver {
  readonly name: string;
  /** Throws `invalid` for an unknown or malformed option. */
  validate(options: Readonly<Record<string, string>>): void;
  /** Opens the log for writing, after the complete entries it holds; undefined if nothing is kept. */
  open(context: LogContext): LogWriter | undefined;
  /**
   * Chunks of the log as it stands, then of what `writer` adds (with `follow`).
   * Throws `notImplemented` when the driver cannot read.
   */
  read(
    path: string,
    query: LogQuery,
    writer: LogWriter | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
}
