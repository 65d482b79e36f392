import { invalid } from "../../errors/index.ts";
import type { EngineContext } from "../context.ts";
import { emit } from "./events.ts";
import { checkName } from "./names.ts";
import { registerNames } from "./network/names.ts";

export async function renameContainer(engine: EngineContext, ref: string, name: string): Promise<void> {
  if (ref.trim().replace(/^\//, "") === "" || name.trim().replace(/^\//, "") === "") {
    throw invalid("Neither old nor new names may be empty");
  }
  const container = engine.containers.find(ref.trim());
  const wanted = checkName(name.trim());
  await container.mutex.run(() => {
    const before = container.record.name;
    if (before === wanted) throw invalid("Renaming a container with the same name as its current name");
    engine.containers.rename(container, wanted);
    for (const [network, endpoint] of Object.entries(container.record.state.network?.endpoints ?? {})) {
      registerNames(engine, container.record, network, endpoint);
    }
    emit(engine, container, "rename", { oldName: `/${before}` });
  });
}
