import { copyTree } from "../../volumes/index.ts";
import type { EngineContext } from "../context.ts";
import { named } from "./labels.ts";
import { whilePaused } from "./paused.ts";
import { reading, saying, tell } from "./reading.ts";

/** Makes a volume with the files and the labels of another one; answers its name. */
export async function cloneVolume(
  engine: EngineContext,
  name: string,
  to: string,
  { pause }: { pause: boolean },
  signal: AbortSignal,
): Promise<string> {
  const { volumes } = engine;
  volumes.checkFree(to);
  await reading(volumes, name, signal, async (path) => {
    const { labels } = volumes.get(name);
    await whilePaused(engine, name, pause, () =>
      saying(`clone ${name}`, () =>
        volumes.createFrom({ name: to, labels: named(labels) }, (target) => copyTree(path, target, signal)),
      ),
    );
  });
  tell(engine, "clone", name, { target: to });
  return to;
}
