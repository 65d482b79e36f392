import { check, libc } from "./libc.ts";

const SYS_PIDFD_OPEN = 434;
const SYS_PIDFD_GETFD = 438;

/** A descriptor of a process (pidfd_open(2)); readable once it has ended. `ESRCH` when there is none. */
export function openPidfd(pid: number): number {
  return check(libc.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0, 0, 0), () => `open process ${pid}`);
}

/** A duplicate of another process's descriptor (pidfd_getfd(2)), close-on-exec. */
export function takeFd(pid: number, fd: number): number {
  const pidfd = openPidfd(pid);
  try {
    return check(
      libc.syscall(SYS_PIDFD_GETFD, pidfd, fd, 0, 0, 0, 0),
      () => `take descriptor ${fd} of process ${pid}`,
    );
  } finally {
    libc.close(pidfd);
  }
}
