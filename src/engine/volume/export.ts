import { pipeline, Readable } from "node:stream";
import { createZstdCompress } from "node:zlib";
import type { EngineContext } from "../context.ts";
import { whilePaused } from "./paused.ts";
import { reading, tell } from "./reading.ts";

/** A volume's files as a tar archive. `notFound` before it begins; the volume is held until its end, however it ends. */
export async function exportVolume(
  engine: EngineContext,
  name: string,
  options: { pause: boolean; zstd: boolean },
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  await engine.volumes.describe(name, signal);
  return archive(engine, name, options, signal);
}

async function* archive(
  engine: EngineContext,
  name: string,
  { pause, zstd }: { pause: boolean; zstd: boolean },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const gate = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<string>();
  const held = reading(engine.volumes, name, signal, (path) =>
    whilePaused(engine, name, pause, async () => {
      ready.resolve(path);
      await gate.promise;
    }),
  );
  held.catch(ready.reject);
  try {
    const root = await ready.promise;
    const { tar } = await engine.files.get({ root, mounts: [] }, "/.", signal);
    yield* zstd ? compressed(tar) : tar;
    tell(engine, "export", name);
  } finally {
    gate.resolve();
    await held;
  }
}

/** What breaks the source breaks the result. */
function compressed(tar: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const output = createZstdCompress();
  pipeline(Readable.from(tar, { objectMode: false }), output, () => {});
  return output;
}
