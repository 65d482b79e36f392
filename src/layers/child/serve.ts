import { constants, openSync, readdirSync } from "node:fs";
import { lines } from "../../os/lines.ts";
import { endWithParent } from "../../os/parent.ts";
import { enterOpenRoot } from "./chroot.ts";
import { report } from "./protocol.ts";

/** A piece of work that a pooled child can be asked for: it may change the process's root. What it opens, it closes. */
export interface Work {
  work(request: never): Promise<unknown>;
}

/** By the names that `askChild` takes. */
export type Works = Readonly<Record<string, () => Promise<Work>>>;

/** A line of standard input. */
export interface Asked {
  readonly name: string;
  readonly request: unknown;
}

/**
 * A pooled child: works on the requests on its standard input, one after another, until that or the engine, its parent, ends.
 * With each result all is as it was before. It ends after a failure, and when files stayed open: a new process is surer than
 * one that is put right.
 */
export async function serve(works: Works, parent: string): Promise<number> {
  endWithParent(Number(parent));
  const loaded = await loadAll(works);
  const host = openSync("/", constants.O_RDONLY | constants.O_DIRECTORY);
  const mask = process.umask();
  for await (const line of lines(Bun.stdin.stream())) {
    const { name, request } = JSON.parse(line) as Asked;
    const before = openFiles();
    let isLast = false;
    const status = await report(async () => {
      const found = loaded.get(name);
      if (found === undefined) throw new TypeError(`no work is called ${name}`);
      const result = await found.work(request as never);
      enterOpenRoot(host);
      process.umask(mask);
      isLast = openFiles() !== before;
      return { result: result ?? null, last: isLast };
    });
    if (status !== 0 || isLast) return status;
  }
  return 0;
}

/** Before the first request, for which it may have been started early. */
async function loadAll(works: Works): Promise<Map<string, Work>> {
  const loaded = Object.entries(works).map(async ([name, load]) => [name, await load()] as const);
  return new Map(await Promise.all(loaded));
}

const openFiles = (): number => readdirSync("/proc/self/fd").length;
