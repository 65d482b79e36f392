import { conflict } from "../../errors/index.ts";
import { syncTree } from "../../volumes/index.ts";
import type { EngineContext } from "../context.ts";
import { requireOwn, saying, tell } from "./reading.ts";
import { refuseRunning } from "./running.ts";

/** Fills a volume from a tar archive, plain or compressed: all of it or nothing. Makes the volume if there is none. */
export async function importVolume(
  engine: EngineContext,
  name: string,
  tar: AsyncIterable<Uint8Array>,
  { replace }: { replace: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { volumes, files } = engine;
  const fill = async (target: string) => {
    await files.put({ root: target, mounts: [] }, "/", tar, { holes: true }, signal);
    await syncTree(target, signal);
  };
  const isNew = volumes.find(name) === undefined;
  if (!isNew) refuseLoss(engine, name, replace);
  await saying(`import ${name}`, async () => {
    if (isNew) await volumes.createFrom({ name, labels: {} }, fill);
    else await volumes.replace(name, fill);
  });
  tell(engine, "import", name);
}

/** `conflict` for a volume whose files must not be replaced now. */
function refuseLoss(engine: EngineContext, name: string, replace: boolean): void {
  const { volumes } = engine;
  requireOwn(volumes, name, "import into");
  if (!replace && !volumes.local.isEmpty(name))
    throw conflict(
      `volume ${name} is not empty: import into another one, or replace what it holds (--replace)`,
    );
  refuseRunning(engine, name);
}
