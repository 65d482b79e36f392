import { constants } from "node:os";

/* Kept to ourselves: children and the terminal's size are ours, and the rest cannot be caught or means us. */
const own = new Set(["SIGCHLD", "SIGCLD", "SIGPIPE", "SIGURG", "SIGWINCH", "SIGKILL", "SIGSTOP"]);
/* Raised by the processor or by our runtime within this process. */
const internal = new Set([
  "SIGSEGV",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGIOT",
  "SIGPROF",
  "SIGVTALRM",
  "SIGSYS",
  "SIGSTKFLT",
  "SIGPWR",
  "SIGPOLL",
  "SIGUNUSED",
  "SIGINFO",
  "SIGBREAK",
  "SIGLOST",
]);

/** Sends each signal that we get to `forward` instead of acting on it. The result ends that. */
export function forwardSignals(forward: (signal: string) => Promise<void>): () => void {
  const names = Object.keys(constants.signals).filter((name) => !own.has(name) && !internal.has(name));
  const handler = (signal: NodeJS.Signals) => {
    // A container that is not there yet, or no longer, cannot take the signal.
    forward(signal).catch(() => {});
  };
  for (const name of names) process.on(name as NodeJS.Signals, handler);
  return () => {
    for (const name of names) process.off(name as NodeJS.Signals, handler);
  };
}
