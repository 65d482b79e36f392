import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { errnoOf } from "../errors/index.ts";
import { ifThere, processGone } from "../os/if-there.ts";
import { takeFd } from "../os/pidfd.ts";
import { type ProcessIdentity, sendSignal, startTicks } from "../os/process.ts";
import type { StatusDirectory } from "./status-directory.ts";

/**
 * The shell program that is the parent of a runtime. It outlives the engine and keeps what must not be lost
 * with it: the exit status, the read ends of the output pipes (so that nothing the container writes is lost or
 * answered with SIGPIPE) and the write end of its stdin, or the safe that its terminal's master is in. Only builtins
 * are used: no process is started but the runtime. Descriptors: 0 to 2 are the container's, 3 and 4 are held, 5 is
 * the write end of its stdin and is let go on SIGUSR1, or the safe; 7 is the runtime's executable, 8 is held like 3
 * and 4.
 *
 * Arguments: path stem of the status files, path of the `alive` FIFO (empty: leave no status), the runtime's
 * argv.
 */
function script(run: string): string {
  return `
stem=$1 alive=$2
shift 2
[ "$alive" ] && echo $$ >"$stem.wrapper"
${run}
if [ "$alive" ]; then
  echo $code >"$stem.exit"
  true <"$alive" 2>/dev/null
fi
exit $code
`;
}

/** A shell waits for a foreground command whatever signals come, and dash starts it by vfork(2). */
const foreground = `
trap : USR1
"$@" 3<&- 4<&- 5<&- 6<&- 8<&-
code=$?
`;

/** To serve SIGUSR1 it must not wait that way. A background command has /dev/null as its stdin, hence the detour. */
const background = `
trap 'exec 5>&-' USR1
exec 6<&0 </dev/null
"$@" <&6 6<&- 3<&- 4<&- 5>&- 8<&- &
exec 6<&-
wait $!
code=$?
while [ $code -gt 128 ] && kill -0 $! 2>/dev/null; do
  wait $!
  code=$?
done
trap '' USR1
`;

/** The kind of the counter of memory shortages. */
export const EVENT = /^anon_inode:\[eventfd\]$/;

/**
 * A duplicate of what a wrapper holds of a kind, if it does; the caller's to close. It is known by its kind: a shell that
 * waits for a foreground command keeps what the command is not to have under other numbers.
 */
export function takeHeld({ pid }: ProcessIdentity, kind: RegExp): number | undefined {
  const folder = `/proc/${pid}/fd`;
  return ifThere(() => {
    const fd = readdirSync(folder).find((name) => kind.test(readlinkSync(`${folder}/${name}`)));
    return fd === undefined ? undefined : takeFd(pid, Number(fd));
  }, processGone);
}

export interface WrapperOptions {
  /** Leaves status files and waits for an engine; else it ends as soon as the command does. */
  keepsStatus: boolean;
  /** Descriptor 5 is the write end of stdin, and SIGUSR1 closes it. */
  holdsInput: boolean;
}

/** argv of the wrapper of `command`. */
export function wrapperCommand(
  status: StatusDirectory,
  name: string,
  command: readonly string[],
  { keepsStatus, holdsInput }: WrapperOptions,
): string[] {
  const program = script(holdsInput ? background : foreground);
  return ["/bin/sh", "-c", program, "sh", status.file(name), keepsStatus ? status.alivePath : "", ...command];
}

/** The wrapper that serves a name, if it still runs: its command line tells it from a later process with its id. */
export function findWrapper(status: StatusDirectory, name: string): ProcessIdentity | undefined {
  const pid = status.wrapperPid(name);
  if (pid === undefined) return undefined;
  const ticks = startTicks(pid);
  if (ticks === undefined || !commandLine(pid).includes(status.file(name))) return undefined;
  return { pid, startTicks: ticks };
}

export function closeInput(wrapper: ProcessIdentity): void {
  const SIGUSR1 = 10;
  sendSignal(wrapper, SIGUSR1);
}

/** Ends wrapper and runtime. */
export function killWrapper(wrapper: ProcessIdentity): void {
  if (startTicks(wrapper.pid) === wrapper.startTicks) signalGroup(wrapper.pid, "SIGKILL");
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}

function commandLine(pid: number): string[] {
  return ifThere(() => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0"), processGone) ?? [];
}
