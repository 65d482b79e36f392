/** Builds dist/slipway, one executable for this machine's architecture. */
const result = await Bun.build({
  entrypoints: ["src/main.ts"],
  compile: { outfile: "dist/slipway" },
  minify: true,
  bytecode: true,
  sourcemap: "none",
});
for (const log of result.logs) console.error(log);
process.exit(result.success ? 0 : 1);
