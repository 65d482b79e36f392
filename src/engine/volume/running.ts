import { conflict } from "../../errors/index.ts";
import { isRunning } from "../container/status.ts";
import type { EngineContext } from "../context.ts";

/** `conflict` while containers run on a volume whose files are to be replaced: pausing them would not be enough. */
export function refuseRunning({ containers }: EngineContext, volume: string): void {
  const running = containers
    .usersOfVolume(volume)
    .map((id) => containers.get(id)?.record)
    .filter((record) => record !== undefined && isRunning(record))
    .map((record) => record?.name);
  if (running.length === 0) return;
  throw conflict(
    `volume ${volume} is in use by running containers (${running.join(", ")}), which would go on with the ` +
      "old files: stop them, try again, and start them",
  );
}
