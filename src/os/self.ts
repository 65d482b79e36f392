import { join } from "node:path";

/** True in the executable that `bun build --compile` makes: its modules live in a virtual file system. */
export const isCompiled = Bun.main.startsWith("/$bunfs/");

const mainModule = isCompiled ? undefined : join(import.meta.dir, "..", "main.ts");

/** argv that starts this program anew with the given arguments: the executable, or Bun with our main module. */
export function ownCommand(...args: string[]): string[] {
  return mainModule === undefined ? [process.execPath, ...args] : [process.execPath, mainModule, ...args];
}

/**
 * argv of one of our own children: work that burns CPU, touches many files or changes its root. To be spawned directly:
 * the link names the file that runs now, also when an upgrade has put another in its place.
 */
export function selfCommand(name: string, ...args: string[]): string[] {
  const [program = "", ...rest] = ownCommand("internal", name, ...args);
  return [isCompiled ? "/proc/self/exe" : program, ...rest];
}

/**
 * What `new Worker` takes for one of our own programs, named from src: `server/listen/accept-worker`. Each stands among
 * the entry points of scripts/build.ts.
 */
export function ownWorker(name: string): string {
  return isCompiled ? `/$bunfs/root/${name}.js` : join(import.meta.dir, "..", `${name}.ts`);
}
