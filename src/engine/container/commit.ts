import type * as api from "../../api/index.ts";
import { conflict } from "../../errors/index.ts";
import type { CommitOptions } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { pause, unpause } from "./pause.ts";

/** `commit`: makes an image of a container's files and configuration. It stands still meanwhile, unless told not to. */
export async function commitContainer(
  engine: EngineContext,
  options: CommitOptions,
): Promise<api.IdResponse> {
  const container = engine.containers.find(options.container);
  const { record } = container;
  if (record.state.status === "dead") {
    throw conflict(`You cannot commit container ${record.id} which is Dead`);
  }
  if (record.removing) throw conflict(`You cannot commit container ${record.id} which is being removed`);
  return await container.mutex.run(async () => {
    const pauses = options.pause && record.state.status === "running";
    if (pauses) await pause(engine, container);
    try {
      return await commit(engine, container, options);
    } finally {
      if (pauses && record.state.status === "paused") await unpause(engine, container);
    }
  });
}

async function commit(
  engine: EngineContext,
  container: Container,
  options: CommitOptions,
): Promise<api.IdResponse> {
  const { id, reference } = await engine.images.commit(container.record, options);
  emit(engine, container, "commit", {
    comment: options.comment ?? "",
    imageID: id,
    imageRef: reference ?? "",
  });
  return { Id: id };
}
