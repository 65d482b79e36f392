/**
 * Container I/O: the streams of a container or exec (`ContainerStdio`), what its clients attach to, and the
 * log drivers. Nothing here polls; everything that waits for a disk does so in the thread pool.
 *
 *     const log = logDriver("json-file").open({ path, stateDir, options, container });
 *     const stdio = ContainerStdio.create(runDir, { openStdin, tty, onStdinClosed, onResized });
 *     const shell = spawn({ stdin, stdout, stderr: stdio.child.streams, 3, 4: stdio.child.output, 5: stdio.child.input });
 *     stdio.spawned();
 *     stdio.start({ log, onLogError });
 *     await stdio.done;
 *     await log?.close();
 *     await stdio.close();
 *
 * An engine's SIGKILL loses and repeats nothing of what is logged: output is in the pipe, in the stream's spool
 * or in the log, and the log's checkpoint says where one ends and the other begins.
 */
export type { AttachOptions, OutputSink } from "./client.ts";
export { DEFAULT_DETACH_KEYS, DetachKeys, parseDetachKeys } from "./detachkeys.ts";
export type { ChildFds } from "./ends.ts";
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
