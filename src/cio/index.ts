/**
 * Container I/O: the streams of a container or exec (`ContainerStdio`), what its clients attach to, and the
 * log drivers. Nothing here polls; everything that waits for a disk does so in the thread pool.
 *
 *     const log = logDriver("json-file").open({ path, stateDir, options, container });
 *     const stdio = ContainerStdio.create(runDir, { openStdin, tty, onStdinClosed, onResized });
 *     const shell = spawn({ stdin, stdout, stderr, 3, 4, 5: stdio.child.hold });
 *     stdio.spawned();
 *     stdio.start({ log, onLogError });
 *     await stdio.done;
 *     await log?.close();
 *     await stdio.close();
 *
 * What an engine's SIGKILL can lose is what it had read from a pipe and not yet handed to the kernel: at most
 * one read (256 KiB) a stream. With output now and then that takes 0.1 ms; a container that writes as fast as
 * it can is in that window most of the time, so there a SIGKILL does lose a read. Unfinished lines survive.
 */
export type { AttachOptions, OutputSink } from "./client.ts";
export { DEFAULT_DETACH_KEYS, DetachKeys, parseDetachKeys } from "./detachkeys.ts";
export { type ChildFds, STDIN_HOLD_FD } from "./ends.ts";
export type {
  LogContext,
  LogDriver,
  LoggedContainer,
  LogQuery,
  LogWriter,
  OutputStream,
} from "./log/driver.ts";
export { logDriver } from "./log/drivers.ts";
export type { OutputOptions } from "./output.ts";
export { type Attachment, ContainerStdio, type StdioOptions } from "./stdio.ts";
