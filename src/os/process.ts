import { closeSync, readdirSync, readFileSync } from "node:fs";
import { errnoOf } from "../errors/index.ts";
import { check, libc } from "./libc.ts";
import { openPidfd } from "./pidfd.ts";

const SYS_pidfd_send_signal = 424;

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks from boot to the process's start. */
  readonly startTicks: number;
}

/** What /proc/PID/status says (proc_pid_status(5)). */
export interface ProcessStatus {
  name: string;
  /** One letter: R, S, D, T, Z, … */
  state: string;
  parent: number;
  uid: number;
  /** The process's id in each PID namespace it is in, from ours to its own. */
  namespacedIds: number[];
  blocked: bigint;
  ignored: bigint;
  caught: bigint;
}

/** When the process was started, in clock ticks since boot; undefined when there is none. */
export function startTicks(pid: number): number | undefined {
  const stat = readProc(pid, "stat");
  if (stat === undefined) return undefined;
  // The second field, the command's name, may hold spaces and parentheses.
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return ticks === undefined ? undefined : Number(ticks);
}

/** True while the very process exists, even as a zombie that its parent has not waited for. */
export function exists({ pid, startTicks: ticks }: ProcessIdentity): boolean {
  return startTicks(pid) === ticks;
}

export function processStatus(pid: number): ProcessStatus | undefined {
  const text = readProc(pid, "status");
  if (text === undefined) return undefined;
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1] ?? "";
  const mask = (name: string) => BigInt(`0x${field(name) || "0"}`);
  return {
    name: field("Name"),
    state: field("State").charAt(0),
    parent: Number(field("PPid")),
    uid: Number(field("Uid").split("\t")[0]),
    namespacedIds: field("NSpid").split("\t").map(Number),
    blocked: mask("SigBlk"),
    ignored: mask("SigIgn"),
    caught: mask("SigCgt"),
  };
}

/**
 * True when the signal will change nothing, so that waiting for its effect is idle: the process neither
 * catches it nor blocks it (to sigwait or read it from a signalfd), and either ignores it or is the first
 * process of a PID namespace, for which the kernel drops signals whose action is the default one
 * (pid_namespaces(7)).
 */
export function isDeafTo(pid: number, signal: number): boolean {
  const status = processStatus(pid);
  if (status === undefined || signal === 9 || signal === 19) return false;
  const has = (mask: bigint) => (mask & (1n << BigInt(signal - 1))) !== 0n;
  if (has(status.caught) || has(status.blocked) || waitsForSignals(pid)) return false;
  const isNamespaceInit = status.namespacedIds.length > 1 && status.namespacedIds.at(-1) === 1;
  return has(status.ignored) || isNamespaceInit;
}

/** sigwait(3) blocks signals, but while it waits the kernel shows those it waits for as unblocked. */
function waitsForSignals(pid: number): boolean {
  const rtSigtimedwait = process.arch === "arm64" ? 137 : 128;
  return threadsOf(pid).some(
    (thread) => Number(readProc(pid, `task/${thread}/syscall`)?.split(" ")[0]) === rtSigtimedwait,
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch (error) {
    const name = errnoOf(error);
    if (name === "ENOENT" || name === "ESRCH") return [];
    throw error;
  }
}

/** Sends a signal, real-time ones included. False when that very process is gone; the kernel's refusal is an error. */
export function sendSignal(target: ProcessIdentity, signal: number): boolean {
  const pidfd = openProcess(target);
  if (pidfd === undefined) return false;
  try {
    const result = libc.syscall(SYS_pidfd_send_signal, pidfd, signal, 0, 0, 0, 0);
    check(result, () => `send signal ${signal} to process ${target.pid}`);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ESRCH") return false;
    throw error;
  } finally {
    closeSync(pidfd);
  }
}

/** A descriptor of the process, readable once it has ended; undefined when it is gone. The caller closes it. */
export function openProcess(target: ProcessIdentity): number | undefined {
  let pidfd: number;
  try {
    pidfd = openPidfd(target.pid);
  } catch (error) {
    if (errnoOf(error) === "ESRCH") return undefined;
    throw error;
  }
  // Asked after opening: the descriptor pins the process, so an equal start time is that of this one.
  if (exists(target)) return pidfd;
  closeSync(pidfd);
  return undefined;
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch (error) {
    const name = errnoOf(error);
    if (name === "ENOENT" || name === "ESRCH") return undefined;
    throw error;
  }
}
