import { fstatSync } from "node:fs";

/** A terminal's size in characters, as the resize verbs take it. */
export interface Size {
  height: number;
  width: number;
}

/** Majors of consoles, /dev/tty and Unix98 terminals (Documentation/admin-guide/devices.txt). */
const isTerminalMajor = (major: number) => major === 4 || major === 5 || (major >= 136 && major <= 143);

/** By the descriptor's device: loading node:tty brings the whole stream library and takes as long as a command. */
export function isTerminal(fd: 0 | 1 | 2): boolean {
  const stats = fstatSync(fd);
  return stats.isCharacterDevice() && isTerminalMajor((stats.rdev >> 8) & 0xfff);
}

/** The size of the terminal that we write to; undefined when there is none. */
export function terminalSize(fd: 1 | 2 = 1): Size | undefined {
  if (!isTerminal(fd)) return undefined;
  const [width, height] = (fd === 1 ? process.stdout : process.stderr).getWindowSize();
  return { height, width };
}

/**
 * Hands keys on as they are typed and shows bytes as they come; Bun's own raw mode still turns each line feed into
 * two characters. The result gives the terminal back as it was.
 */
export async function rawInput(): Promise<() => void> {
  if (!isTerminal(0)) return () => {};
  const { makeRaw } = await import("../../os/pty.ts");
  return makeRaw(0);
}

/**
 * Tells the size of our terminal now and whenever it changes. A terminal may not exist yet just after a start,
 * so a refused first size is told again, a few times. The result ends it.
 */
export function followSize(resize: (size: Size) => Promise<void>): () => void {
  const tell = async (attempts: number): Promise<void> => {
    const size = terminalSize();
    if (size === undefined) return;
    for (let attempt = 1; ; attempt++) {
      try {
        return await resize(size);
      } catch (error) {
        // The process may be gone or not there yet; a wrong size is no reason to end a session.
        if (attempt >= attempts) return void error;
        await Bun.sleep(10 * attempt);
      }
    }
  };
  const changed = () => void tell(1);
  process.on("SIGWINCH", changed);
  void tell(5);
  return () => void process.off("SIGWINCH", changed);
}
