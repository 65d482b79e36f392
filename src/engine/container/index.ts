import type { ContainerVerbs } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import { getArchive, putArchive, statPath } from "./archive.ts";
import { attachContainer } from "./attach.ts";
import { containerChanges } from "./changes.ts";
import { commitContainer } from "./commit.ts";
import { createContainer } from "./create.ts";
import { exportContainer } from "./export.ts";
import { inspectContainer } from "./inspect.ts";
import { killContainer } from "./kill.ts";
import { listContainers } from "./list.ts";
import { containerLogs } from "./logs.ts";
import { updatePorts } from "./network/update-ports.ts";
import { pauseContainer, unpauseContainer } from "./pause.ts";
import { pruneContainers } from "./prune.ts";
import { removeContainer } from "./remove.ts";
import { renameContainer } from "./rename.ts";
import { resizeContainer } from "./resize.ts";
import { restartContainer } from "./restart.ts";
import { startContainer } from "./start.ts";
import { containerStats } from "./stats.ts";
import { stopContainer } from "./stop.ts";
import { topContainer } from "./top.ts";
import { updateContainer } from "./update.ts";
import { waitContainer } from "./wait.ts";

/** The verbs of /containers: one file each. */
export function containerVerbs(engine: EngineContext): ContainerVerbs {
  return {
    create: (request, options) => createContainer(engine, request, options),
    list: (options) => listContainers(engine, options),
    inspect: (ref, options) => inspectContainer(engine, ref, options),
    top: (ref, psArgs) => topContainer(engine, ref, psArgs),
    logs: (ref, options, signal) => containerLogs(engine, ref, options, signal),
    changes: (ref) => containerChanges(engine, ref),
    export: (ref, signal) => exportContainer(engine, ref, signal),
    stats: (ref, options, signal) => containerStats(engine, ref, options, signal),
    resize: (ref, size) => resizeContainer(engine, ref, size),
    start: (ref) => startContainer(engine, ref),
    stop: (ref, options) => stopContainer(engine, ref, options),
    restart: (ref, options) => restartContainer(engine, ref, options),
    kill: (ref, signal) => killContainer(engine, ref, signal),
    updatePorts: (ref, request) => updatePorts(engine, ref, request),
    update: (ref, request) => updateContainer(engine, ref, request),
    rename: (ref, name) => renameContainer(engine, ref, name),
    pause: (ref) => pauseContainer(engine, ref),
    unpause: (ref) => unpauseContainer(engine, ref),
    attach: (ref, options) => attachContainer(engine, ref, options),
    wait: async (ref, condition, signal) => waitContainer(engine, ref, condition, signal),
    remove: (ref, options) => removeContainer(engine, ref, options),
    prune: (filters) => pruneContainers(engine, filters),
    statPath: (ref, path, signal) => statPath(engine, ref, path, signal),
    getArchive: (ref, path, signal) => getArchive(engine, ref, path, signal),
    putArchive: (ref, path, tar, options, signal) => putArchive(engine, ref, path, tar, options, signal),
    commit: (options) => commitContainer(engine, options),
  };
}
