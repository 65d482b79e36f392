import { type Pointer, ptr } from "bun:ffi";
import { constants, openSync } from "node:fs";
import { check, libc } from "./libc.ts";

const O_CLOEXEC = 0o2000000;
const TIOCSWINSZ = 0x5414;
const TIOCGPTPEER = 0x5441;
const TCGETS = 0x5401;
const TCSETS = 0x5402;

/** A terminal's size in characters. */
export interface WindowSize {
  readonly rows: number;
  readonly cols: number;
}

export interface Pty {
  /** Non-blocking, close-on-exec. */
  readonly master: number;
  /** Close-on-exec and not anybody's controlling terminal. */
  readonly slave: number;
}

/** Makes a pseudo-terminal (pty(7)) in raw mode: what is written to the master is read unchanged. */
export function openPty(): Pty {
  const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK | O_CLOEXEC;
  const master = check(libc.posix_openpt(flags), "make a pseudo-terminal");
  check(libc.grantpt(master), "grant access to a pseudo-terminal");
  check(libc.unlockpt(master), "unlock a pseudo-terminal");
  const name = new Uint8Array(64);
  check(-libc.ptsname_r(master, ptr(name), name.length), "name a pseudo-terminal");
  const path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
  const slave = openSync(path, constants.O_RDWR | constants.O_NOCTTY | O_CLOEXEC);
  makeRaw(slave);
  return { master, slave };
}

/** Opens a pseudo-terminal's other side, wherever its device is (ioctl_tty(2), Linux 4.13): close-on-exec, nobody's controlling terminal. */
export function openPeer(master: number): number {
  const flags = constants.O_RDWR | constants.O_NOCTTY | O_CLOEXEC;
  return check(libc.ioctl(master, TIOCGPTPEER, flags as Pointer), "open a terminal's other side");
}

/** Sets a terminal's size; the processes it controls get SIGWINCH from the kernel. */
export function setWindowSize(fd: number, size: WindowSize): void {
  const winsize = new Uint16Array([size.rows, size.cols, 0, 0]);
  check(libc.ioctl(fd, TIOCSWINSZ, ptr(winsize)), "resize a terminal");
}

/**
 * What cfmakeraw(3) does to a terminal: no echo, no line editing, no signals from keys, no translation of bytes.
 * The result gives it back its former mode.
 */
export function makeRaw(fd: number): () => void {
  const IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON = 0o2753;
  const OPOST = 0o1;
  const CSIZE_PARENB = 0o460;
  const CS8 = 0o60;
  const ECHO_ECHONL_ICANON_ISIG_IEXTEN = 0o100113;
  const termios = new Uint32Array(16);
  check(libc.ioctl(fd, TCGETS, ptr(termios)), "read a terminal's mode");
  const former = termios.slice();
  const [iflag = 0, oflag = 0, cflag = 0, lflag = 0] = termios;
  termios[0] = iflag & ~IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON;
  termios[1] = oflag & ~OPOST;
  termios[2] = (cflag & ~CSIZE_PARENB) | CS8;
  termios[3] = lflag & ~ECHO_ECHONL_ICANON_ISIG_IEXTEN;
  check(libc.ioctl(fd, TCSETS, ptr(termios)), "set a terminal's mode");
  return () => void check(libc.ioctl(fd, TCSETS, ptr(former)), "set a terminal's mode");
}

/** Keeps what is typed from being shown; lines are still edited, and keys still make signals. The result shows it again. */
export function withoutEcho(fd: number): () => void {
  const ECHO = 0o10;
  const termios = new Uint32Array(16);
  check(libc.ioctl(fd, TCGETS, ptr(termios)), "read a terminal's mode");
  const former = termios.slice();
  termios[3] = (termios[3] ?? 0) & ~ECHO;
  check(libc.ioctl(fd, TCSETS, ptr(termios)), "set a terminal's mode");
  return () => void check(libc.ioctl(fd, TCSETS, ptr(former)), "set a terminal's mode");
}
