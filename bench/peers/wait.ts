/** Waits until a command succeeds, for an engine's start: at most 30 s, and not longer than the engine lives. */
export async function waitFor(argv: string[], engine: Bun.Subprocess): Promise<void> {
  const deadline = Date.now() + 30_000;
  while ((await Bun.spawn(argv, { stdio: ["ignore", "ignore", "ignore"] }).exited) !== 0) {
    if (engine.exitCode !== null || Date.now() > deadline)
      throw new Error(`${argv[0]}: the engine did not come up`);
    await Bun.sleep(50);
  }
}
