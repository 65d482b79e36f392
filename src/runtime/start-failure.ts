import { readFileSync } from "node:fs";
import { type ErrorDetails, SlipwayError } from "../errors/index.ts";
import { ifThere } from "../os/if-there.ts";

/**
 * Why a runtime could not start a process. Runtimes report only text, so this file, and no other, reads it.
 * What it makes of it keeps the words that Docker's clients look for to tell exit status 127 from 126 and 125.
 */
export interface StartFailure {
  /** `create` for a container's first process, `exec` for a further one. */
  verb: "create" | "exec";
  /** The runtime's name, such as `crun`. */
  runtime: string;
  logPath: string;
  /** argv[0] of the process that was to start. */
  executable: string;
  /** Exit status of the runtime, for want of anything better to say. */
  code: number;
}

/** What strerror(3) says, by name. runc writes the same in lower case. */
const errnoTexts: Record<string, string> = {
  "no such file or directory": "ENOENT",
  "permission denied": "EACCES",
  "operation not permitted": "EPERM",
  "not a directory": "ENOTDIR",
  "is a directory": "EISDIR",
  "exec format error": "ENOEXEC",
  "invalid argument": "EINVAL",
  "numerical result out of range": "ERANGE",
  "device or resource busy": "EBUSY",
  "no space left on device": "ENOSPC",
  "cannot allocate memory": "ENOMEM",
  "read-only file system": "EROFS",
  "argument list too long": "E2BIG",
};

const cannotInvoke = 126;
const notFound = 127;
/** What a container counts as having returned when it failed in any other way. */
const notStarted = 128;

/** The failure as an error with `details.exitCode`: `invalid` where the request is to blame, else `system`. */
export function startError(failure: StartFailure): SlipwayError {
  const reason = explain(lastError(failure.logPath), failure);
  const prefix =
    failure.verb === "create"
      ? `failed to create task for container: failed to create shim task: OCI runtime create failed: ${failure.runtime} create failed: `
      : "OCI runtime exec failed: exec failed: ";
  const exitCode = reason.exitCode ?? notStarted;
  return new SlipwayError(exitCode === notStarted ? "system" : "invalid", prefix + reason.text, {
    exitCode,
    ...(reason.errno === undefined ? {} : { errno: reason.errno }),
  });
}

interface Reason extends ErrorDetails {
  text: string;
}

function explain(message: string | undefined, failure: StartFailure): Reason {
  if (message === undefined) {
    return { text: `${failure.runtime} ended with status ${failure.code} and gave no reason` };
  }
  const text = message.replace(/^(runc run failed|exec failed): /, "");
  const errno = errnoTexts[(text.split(": ").at(-1) ?? "").toLowerCase()];
  return crunExecutable(text, errno, failure.executable) ?? general(text, errno);
}

/** crun's words for an executable that it cannot find or open, in runc's form. */
function crunExecutable(text: string, errno: string | undefined, executable: string): Reason | undefined {
  const missing = /^executable file `(.*)` not found in \$PATH/.exec(text)?.[1];
  if (missing?.includes("/"))
    return executableReason(missing, `stat ${missing}: no such file or directory`, "ENOENT");
  if (missing !== undefined) return executableReason(missing, "executable file not found in $PATH", "ENOENT");
  if (!text.startsWith("open executable: ")) return undefined;
  switch (errno) {
    case "EACCES":
      return executableReason(executable, "permission denied", errno);
    case "EPERM":
      // crun's word for anything but a regular file; Docker's clients look for the second half.
      return executableReason(executable, "is a directory: permission denied", "EISDIR");
    case "ENOTDIR":
      return executableReason(executable, `stat ${executable}: not a directory`, errno);
    default:
      return undefined;
  }
}

function executableReason(executable: string, reason: string, errno: string): Reason {
  return {
    text: `unable to start container process: exec: ${JSON.stringify(executable)}: ${reason}`,
    errno,
    exitCode: errno === "EACCES" || errno === "EISDIR" ? cannotInvoke : notFound,
  };
}

/** Exit statuses as Docker derives them from the error's last word. */
function general(message: string, errno: string | undefined): Reason {
  const text = errno === undefined ? message : message.replace(/[^:]+$/, (word) => word.toLowerCase());
  if (/executable file not found in \$PATH$/.test(text)) return { text, errno: "ENOENT", exitCode: notFound };
  if (errno === undefined) return { text };
  switch (errno) {
    case "ENOENT":
      return { text, errno, exitCode: notFound };
    case "ENOTDIR":
      return { text: `${text}: ${mountHint}`, errno, exitCode: notFound };
    case "EACCES":
      return { text, errno, exitCode: cannotInvoke };
    default:
      return { text, errno };
  }
}

const mountHint =
  "Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type";

/** The last error of the runtime's log, which has one JSON object in each line. */
function lastError(path: string): string | undefined {
  const text = ifThere(() => readFileSync(path, "utf8"));
  if (text === undefined) return undefined;
  let found: string | undefined;
  for (const line of text.split("\n")) {
    const entry = parseEntry(line);
    if (entry?.level === "error" && entry.msg) found = entry.msg;
  }
  return found;
}

function parseEntry(line: string): { level?: string; msg?: string } | undefined {
  try {
    return JSON.parse(line) as { level?: string; msg?: string };
  } catch {
    // The runtime was killed while it wrote: the line says nothing.
    return undefined;
  }
}
