import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../errors/index.ts";
import { enlargePipe, makeFifo, pipe, setNonblocking } from "../os/fd.ts";

const O_CLOEXEC = 0o2000000;
const READ = constants.O_RDONLY | O_CLOEXEC;
const WRITE = constants.O_WRONLY | O_CLOEXEC;
const NONBLOCK = constants.O_NONBLOCK;
const FIFO_MODE = 0o600;
const PIPE_BYTES = 1 << 20;

/** What a container has for its output and input. */
export interface StdioShape {
  readonly openStdin: boolean;
  readonly tty: boolean;
}

/** The descriptors for the wrapper shell; they are the engine's own and stay open for it. */
export interface ChildFds {
  /** Undefined with a terminal, which is all three. */
  readonly streams: { readonly stdin: number; readonly stdout: number; readonly stderr: number } | undefined;
  /** The reading ends of the output: the shell keeps them open so that an engine's death breaks nothing. */
  readonly output: readonly number[];
  /** The writing end of stdin, kept likewise. */
  readonly input: number | undefined;
}

/** Our ends of a container's streams. */
export interface EngineEnds {
  readonly stdout: number | undefined;
  readonly stderr: number | undefined;
  /** The writing side of stdin, non-blocking; a terminal's is the terminal. */
  readonly stdin: number | undefined;
  /** The writing end of `stdout`, non-blocking, where what is said on a terminal is moved to. */
  readonly terminalOutput: number | undefined;
}

export interface Ends {
  readonly engine: EngineEnds;
  readonly child: ChildFds;
  /** Descriptors that only the child needs. */
  readonly childOnly: readonly number[];
}

/** Makes both ends of each stream: FIFOs in `dir`, or unnamed pipes without it. Closes all if one fails. */
export function makeEnds(dir: string | undefined, shape: StdioShape): Ends {
  const opened: number[] = [];
  const own = <T extends readonly (number | undefined)[]>(fds: T): T => {
    opened.push(...fds.filter((fd) => fd !== undefined));
    return fds;
  };
  try {
    const [stdout, stdoutWrite] = own(outputPipe(dir, "stdout"));
    if (shape.tty) {
      setNonblocking(stdoutWrite);
      const engine = { stdout, stderr: undefined, stdin: undefined, terminalOutput: stdoutWrite };
      return { engine, child: { streams: undefined, output: [stdout], input: undefined }, childOnly: [] };
    }
    const [stderr, stderrWrite] = own(outputPipe(dir, "stderr"));
    const [stdin, childStdin] = own(
      shape.openStdin ? inputPipe(dir) : [undefined, openSync("/dev/null", READ)],
    );
    return {
      engine: { stdout, stderr, stdin, terminalOutput: undefined },
      child: {
        streams: { stdin: childStdin, stdout: stdoutWrite, stderr: stderrWrite },
        output: [stdout, stderr],
        input: stdin,
      },
      childOnly: [childStdin, stdoutWrite, stderrWrite],
    };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  }
}

/** Opens our ends again after an earlier engine has died; the shell has kept the others open. */
export function reopenEnds(dir: string, shape: StdioShape): EngineEnds {
  const path = join(dir, "stdout");
  const stdout = openSync(path, READ | NONBLOCK);
  if (shape.tty)
    return { stdout, stderr: undefined, stdin: undefined, terminalOutput: openSync(path, WRITE | NONBLOCK) };
  const stderr = openSync(join(dir, "stderr"), READ | NONBLOCK);
  const fifo = () => openSync(join(dir, "stdin"), WRITE | NONBLOCK);
  const stdin = shape.openStdin ? unlessGone(fifo) : undefined;
  return { stdout, stderr, stdin, terminalOutput: undefined };
}

/** Undefined when the reader (ENXIO) or the FIFO of a closed stdin is gone. */
function unlessGone(open: () => number): number | undefined {
  try {
    return open();
  } catch (error) {
    if (["ENXIO", "ENOENT"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

function outputPipe(dir: string | undefined, name: string): [ours: number, theirs: number] {
  const ends = dir === undefined ? pipe({ nonblockRead: true }) : outputFifo(join(dir, name));
  enlargePipe(ends[0], PIPE_BYTES);
  return ends;
}

function outputFifo(path: string): [ours: number, theirs: number] {
  makeFifo(path, FIFO_MODE);
  return [openSync(path, READ | NONBLOCK), openSync(path, WRITE)];
}

function inputPipe(dir: string | undefined): [ours: number, theirs: number] {
  if (dir === undefined) {
    const [theirs, ours] = pipe();
    setNonblocking(ours);
    return [ours, theirs];
  }
  const path = join(dir, "stdin");
  makeFifo(path, FIFO_MODE);
  // A reader's open waits for a writer and a non-blocking writer's fails without a reader: open both first.
  const both = openSync(path, constants.O_RDWR | NONBLOCK | O_CLOEXEC);
  try {
    return [openSync(path, WRITE | NONBLOCK), openSync(path, READ)];
  } finally {
    closeSync(both);
  }
}
