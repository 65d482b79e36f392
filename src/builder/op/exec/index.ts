import { invalid } from "../../../errors/index.ts";
import { prepareChild } from "../../../layers/index.ts";
import type { ExecOp } from "../../graph/index.ts";
import type { Operation, OpJob, Result } from "../../solver/model.ts";
import type { Checksums } from "../content/model.ts";
import { type WritableRoot, writeLayer } from "../layer/write.ts";
import type { OpRooms } from "../rooms.ts";
import { requireRunnable } from "./emulation.ts";
import { CommandFailure } from "./failure.ts";
import { execKey } from "./key.ts";
import { type CacheMounts, prepareMounts } from "./mounts/index.ts";
import { joinStepNetwork } from "./network.ts";
import { runProcess, type StepExit } from "./process.ts";
import { transientRecord } from "./record.ts";
import { MountStubs, type MountTarget } from "./stubs.ts";

/** RUN: a process in the sandbox of containers, whose changes of its root file system are a layer. */
export function execOperation(rooms: OpRooms, caches: CacheMounts, checksums: Checksums): Operation<ExecOp> {
  return {
    key: (op, inputs, job) => execKey(checksums, op, inputs, job),
    async run(op, inputs, job) {
      requireRunnable(op.platform);
      const below = layersOf(inputs[0]);
      let exit: StepExit = { code: 0, oom: false };
      const work = async (place: WritableRoot) => {
        const done = await step(rooms, caches, op, inputs, job, place);
        exit = done.exit;
        if (exit.code !== 0 && job.session.keepFailed !== true) throw new CommandFailure(op, exit);
        return { tidy: done.tidy };
      };
      const layer = await writeLayer(rooms, below, work, job.signal);
      const layers = [...below, layer];
      if (exit.code !== 0) throw new CommandFailure(op, exit, layers);
      return { kind: "layers", layers };
    },
  };
}

function layersOf(input: Result | undefined) {
  if (input?.kind === "directory") throw invalid("RUN cannot run in a directory that is not the build's");
  return input?.layers ?? [];
}

async function step(
  rooms: OpRooms,
  caches: CacheMounts,
  op: ExecOp,
  inputs: readonly Result[],
  job: OpJob,
  place: WritableRoot,
) {
  const { engine } = rooms;
  const { workplace, root } = place;
  const mounts = await prepareMounts({ rooms, caches, workplace, inputs, job, root }, op);
  const record = transientRecord(engine, workplace.id, op, mounts.flatMap(({ env }) => env).filter(isFirst));
  const network = await joinStepNetwork(engine, record, workplace);
  const own = mounts.flatMap(({ mount }) => mount ?? []);
  const taken = new Set(own.map(({ destination }) => destination));
  const files = network.mounts.filter(({ destination }) => !taken.has(destination));
  const stubs = new MountStubs(root, [
    ...kernelPlaces.map((destination) => ({ destination, isFile: false })),
    ...mounts.flatMap(({ mount, isFile }): MountTarget[] =>
      mount === undefined ? [] : [{ destination: mount.destination, isFile }],
    ),
    ...files.map(({ destination }) => ({ destination, isFile: true })),
  ]);
  using resources = new DisposableStack();
  resources.adopt(setTimeout(prepareChild, longRun), clearTimeout);
  const exit = await runProcess(
    engine,
    place,
    {
      record,
      network: { ...network, mounts: files },
      mounts: own,
      stdin: op.stdin,
      log: (stream, data) => job.log(stream, data),
    },
    job.signal,
  );
  return { exit, tidy: (upper: string) => stubs.remove(upper) };
}

/** A process that goes on for so long will have changed files, in milliseconds: a child is about to be asked which. */
const longRun = 100;

/** Where the runtime mounts the kernel's file systems. */
const kernelPlaces = ["/proc", "/dev", "/sys"];

/** Of several agents the first is the one that programs find. */
function isFirst(variable: string, at: number, all: readonly string[]): boolean {
  const name = variable.slice(0, variable.indexOf("="));
  return all.findIndex((other) => other.startsWith(`${name}=`)) === at;
}
