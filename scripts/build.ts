/** Builds dist/slipway, one executable for this machine's architecture. */
const commit = (await Bun.$`git rev-parse --short HEAD`.nothrow().quiet().text()).trim() || "unknown";

const result = await Bun.build({
  // Workers are programs of their own.
  entrypoints: ["src/main.ts", "src/server/listen/accept-worker.ts", "src/layers/child/gzip/worker.ts"],
  compile: { outfile: "dist/slipway" },
  minify: true,
  bytecode: true,
  // In chunks: a command loads what it needs, not the engine.
  format: "esm",
  splitting: true,
  sourcemap: "none",
  define: {
    "process.env.SLIPWAY_GIT_COMMIT": JSON.stringify(commit),
    "process.env.SLIPWAY_BUILD_TIME": JSON.stringify(new Date().toISOString()),
  },
});
for (const log of result.logs) console.error(log);
process.exit(result.success ? 0 : 1);

export {};
