import type { Works } from "./layers/child/serve.ts";

/**
 * The composition root. What a process becomes is decided here and nowhere else, and only the modules of
 * that role are loaded: start-up time is part of every command.
 */
const internal: Record<string, () => Promise<{ run(args: string[]): Promise<number> }>> = {
  "fs-archive": () => import("./layers/child/archive.ts"),
  "layer-apply": () => import("./layers/child/apply.ts"),
  "layer-compare": () => import("./layers/child/compare.ts"),
  "layer-compress": () => import("./layers/child/compress.ts"),
  "layer-rewrite": () => import("./layers/child/rewrite.ts"),
  "layer-write": () => import("./layers/child/write.ts"),
  "layer-verify": () => import("./layers/child/verify.ts"),
  "mount-source": () => import("./engine/container/mounts/child/source.ts"),
  serve: async () => {
    const { serve } = await import("./layers/child/serve.ts");
    return { run: ([parent = ""]) => serve(works, parent) };
  },
  "store-database": () => import("./engine/store/child/database.ts"),
  "store-hash": () => import("./engine/store/child/hash.ts"),
  "volume-copy": () => import("./volumes/child/copy.ts"),
  "volume-mount": () => import("./volumes/child/mount.ts"),
  "store-measure": () => import("./engine/store/child/measure.ts"),
};

/** What pooled children do. */
const works: Works = {
  "build-checksum": () => import("./builder/op/child/checksum.ts"),
  "build-file": () => import("./builder/op/child/file.ts"),
  "build-mask": () => import("./builder/op/child/mask.ts"),
  "layer-diff": () => import("./layers/child/diff.ts"),
};

async function main(argv: string[]): Promise<number> {
  const [first, name, ...rest] = argv;
  if (first === "internal") {
    const load = name === undefined ? undefined : internal[name];
    if (load === undefined) throw new Error(`no internal command ${name}`);
    return await (await load()).run(rest);
  }
  // What is written is written by then; what Bun still counts as live (a read of the terminal, connections that were
  // hijacked) is not waited for.
  if (first === "daemon") process.exit(await (await import("./daemon/index.ts")).run(argv.slice(1)));
  process.exit(await (await import("./cli/index.ts")).run(argv));
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
