import { conflict } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { refuseRemoved } from "./tree.ts";

/** `export`: the container's files as one archive, without its volumes. */
export async function exportContainer(
  engine: EngineContext,
  ref: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const container = engine.containers.find(ref);
  const { record } = container;
  if (record.state.status === "dead") {
    throw conflict(`You cannot export container ${record.id} which is Dead`);
  }
  if (record.removing) throw conflict(`You cannot export container ${record.id} which is being removed`);
  const root = await engine.rootfs.mount(record);
  return stream(engine, container, engine.files.export(root, signal));
}

async function* stream(
  engine: EngineContext,
  container: Container,
  tar: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* tar;
    refuseRemoved(container);
    emit(engine, container, "export");
  } finally {
    await engine.rootfs.unmount(container.record);
  }
}
