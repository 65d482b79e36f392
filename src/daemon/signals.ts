/** Resolves with the name of the first signal that asks the engine to end. A broken standard error is no reason to. */
export function shutdownRequested(): Promise<NodeJS.Signals> {
  process.on("SIGPIPE", () => {});
  return new Promise((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
}
