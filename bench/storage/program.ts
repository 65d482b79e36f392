import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { output } from "../measure.ts";

/** A program with everything that it needs in one directory, so that the same bytes run on the host and in any container. */
export interface Program {
  /** Mount this at the same path. */
  readonly directory: string;
  command(...args: string[]): string[];
}

/** Bun, the libraries that it is linked with and one script. */
export async function bundle(scratch: string, script: string): Promise<Program> {
  const directory = join(scratch, "program");
  mkdirSync(directory);
  const needed = await output(["ldd", process.execPath]);
  const libraries = [...needed.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  const take = (path: string) => {
    const own = join(directory, path.slice(dirname(path).length + 1));
    copyFileSync(path, own);
    return own;
  };
  for (const path of libraries) take(path);
  const loader = libraries.find((path) => path.includes("/ld-"));
  if (loader === undefined) throw new Error(`ldd names no loader of ${process.execPath}: ${needed}`);
  const bun = take(process.execPath);
  const own = take(script);
  return {
    directory,
    command: (...args) => [
      join(directory, loader.slice(dirname(loader).length + 1)),
      "--library-path",
      directory,
      bun,
      own,
      ...args,
    ],
  };
}
