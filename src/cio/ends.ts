import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../errors/index.ts";
import { enlargePipe, makeFifo, pipe, setNonblocking } from "../os/fd.ts";
import { takeFd } from "../os/pidfd.ts";
import { openPty } from "../os/pty.ts";

const O_CLOEXEC = 0o2000000;
const READ = constants.O_RDONLY | O_CLOEXEC;
const WRITE = constants.O_WRONLY | O_CLOEXEC;
const NONBLOCK = constants.O_NONBLOCK;
const FIFO_MODE = 0o600;
const PIPE_BYTES = 1 << 20;

/** The descriptor of the shell that has the writing side of stdin: a pipe's end or the terminal's master. */
export const STDIN_HOLD_FD = 5;

/** What a container has for its output and input. */
export interface StdioShape {
  readonly openStdin: boolean;
  readonly tty: boolean;
}

/** The descriptors for the wrapper shell; they are the engine's own and stay open for it. */
export interface ChildFds {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  /**
   * What the shell keeps open as 3, 4 and 5 so that an engine's death breaks nothing: the reading ends of
   * stdout and stderr (/dev/null with a terminal), and the writing end of stdin or the terminal's master, if any.
   */
  readonly hold: readonly [stdoutRead: number, stderrRead: number, stdinWrite: number | null];
}

/** Our ends of a container's streams. */
export interface EngineEnds {
  readonly stdout: number | undefined;
  readonly stderr: number | undefined;
  /** The writing side of stdin, non-blocking. */
  readonly stdin: number | undefined;
  readonly master: number | undefined;
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
  const own = <T extends readonly number[]>(fds: T): T => {
    opened.push(...fds);
    return fds;
  };
  try {
    const [none] = own([openSync("/dev/null", constants.O_RDWR | O_CLOEXEC)] as const);
    const [stdout, stdoutWrite] = own(outputPipe(dir, "stdout"));
    const [stderr, stderrWrite] = shape.tty ? ([undefined, none] as const) : own(outputPipe(dir, "stderr"));
    const [input, childInput] = shape.tty ? own(terminal()) : shape.openStdin ? own(inputPipe(dir)) : [];
    const master = shape.tty ? input : undefined;
    return {
      engine: { stdout, stderr, stdin: shape.openStdin ? input : undefined, master },
      child: {
        stdin: childInput ?? none,
        stdout: stdoutWrite,
        stderr: stderrWrite,
        hold: [stdout, stderr ?? none, input ?? null],
      },
      childOnly: [
        ...new Set([none, stdoutWrite, stderrWrite, ...(childInput === undefined ? [] : [childInput])]),
      ],
    };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  }
}

/** Opens our ends again after an earlier engine has died; the shell has kept the others open. */
export function reopenEnds(dir: string, shape: StdioShape, shellPid: number): EngineEnds {
  const stdout = openSync(join(dir, "stdout"), READ | NONBLOCK);
  const stderr = shape.tty ? undefined : openSync(join(dir, "stderr"), READ | NONBLOCK);
  const master = shape.tty ? unlessGone(() => takeFd(shellPid, STDIN_HOLD_FD)) : undefined;
  const fifo = () => openSync(join(dir, "stdin"), WRITE | NONBLOCK);
  const stdin = !shape.openStdin ? undefined : shape.tty ? master : unlessGone(fifo);
  return { stdout, stderr, stdin, master };
}

/** Undefined when the process (ESRCH, EBADF), the reader (ENXIO) or the FIFO of a closed stdin is gone. */
function unlessGone(open: () => number): number | undefined {
  try {
    return open();
  } catch (error) {
    if (["ESRCH", "EBADF", "ENXIO", "ENOENT"].includes(errnoOf(error) ?? "")) return undefined;
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

function terminal(): [ours: number, theirs: number] {
  const { master, slave } = openPty();
  return [master, slave];
}
