import { systemError } from "../errors/index.ts";

/** Bytes that a tree takes on disk (du(1)), counted in a child. */
export async function diskUsage(path: string): Promise<number> {
  const child = Bun.spawn(["du", "-s", "--block-size=1", "--", path], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const output = await child.stdout.text();
  const bytes = Number(/^\d+/.exec(output)?.[0] ?? Number.NaN);
  if (Number.isNaN(bytes)) throw systemError(`cannot measure ${path}: du exited with ${await child.exited}`);
  return bytes;
}
