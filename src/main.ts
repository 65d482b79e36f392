import { isatty } from "node:tty";

/**
 * The composition root. What a process becomes is decided here and nowhere else, and only the modules of
 * that role are loaded: start-up time is part of every command.
 */
const internal: Record<string, () => Promise<{ run(args: string[]): Promise<number> }>> = {
  "fs-archive": () => import("./layers/child/archive.ts"),
  "layer-apply": () => import("./layers/child/apply.ts"),
  "layer-diff": () => import("./layers/child/diff.ts"),
};

async function main(argv: string[]): Promise<number> {
  const [first, name, ...rest] = argv;
  if (first === "internal") {
    const load = name === undefined ? undefined : internal[name];
    if (load === undefined) throw new Error(`no internal command ${name}`);
    return await (await load()).run(rest);
  }
  if (first === "daemon") {
    // Everything is closed by then; handles that Bun still counts as live (of hijacked connections) are not waited for.
    process.exit(await (await import("./daemon/index.ts")).run(argv.slice(1)));
  }
  return await (await import("./cli/index.ts")).run(argv);
}

/** Ends the process. A read of the terminal cannot be called back and would keep it alive until the next key. */
async function end(status: number): Promise<void> {
  process.exitCode = status;
  if (!isatty(0)) return;
  const written = (stream: NodeJS.WriteStream) => new Promise((resolve) => stream.write("", resolve));
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(status);
}

main(process.argv.slice(2)).then(end, (error: unknown) => {
  console.error(error);
  return end(1);
});
