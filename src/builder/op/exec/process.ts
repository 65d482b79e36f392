import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupLeaf, cgroupOf } from "../../../engine/container/cgroup.ts";
import type { ContainerRecord } from "../../../engine/container/record.ts";
import { runtimeOf } from "../../../engine/container/runtime-of.ts";
import { buildSpec } from "../../../engine/container/spec/index.ts";
import type { EngineContext } from "../../../engine/context.ts";
import { cancelled, messageOf } from "../../../errors/index.ts";
import type { Mount } from "../../../oci/spec.ts";
import type { RuntimeProcess, Stream } from "../../../runtime/index.ts";
import type { WritableRoot } from "../layer/write.ts";
import type { StepNetwork } from "./network.ts";
import { OutputPipe } from "./output.ts";
import { inOtherWords } from "./runtime-words.ts";

/** How long output may still come after the first process has ended. */
const outputGrace = 2000;
/** In a workplace: the control group of its process, for an engine that finds it. */
export const groupFile = "group";

export interface StepProcess {
  readonly record: ContainerRecord;
  readonly network: StepNetwork;
  /** Those of the step, without the network's. */
  readonly mounts: readonly Mount[];
  readonly stdin?: string | undefined;
  log(stream: 1 | 2, data: Uint8Array): void;
}

export interface StepExit {
  readonly code: number;
  /** Something was killed for want of memory. */
  readonly oom: boolean;
}

/** Runs a step's process in its sandbox until it ends; an abort kills all of it. */
export async function runProcess(
  engine: EngineContext,
  { workplace, root }: WritableRoot,
  step: StepProcess,
  signal: AbortSignal,
): Promise<StepExit> {
  const { record, network } = step;
  const runtime = runtimeOf(engine, record);
  const group = cgroupOf(engine, record);
  const { directory: bundle } = workplace;
  const spec = buildSpec({
    record,
    rootfs: root,
    network: network.namespace,
    mounts: [...step.mounts, ...network.mounts],
    cgroupPath: cgroupLeaf(engine, record),
    host: engine.host,
    config: engine.config,
  });
  writeFileSync(join(bundle, groupFile), group);
  runtime.writeBundle(bundle, spec);
  workplace.atEnd(() => runtime.remove(record.id, group));
  const oom = watchMemory(engine, record, group);
  using resources = new DisposableStack();
  resources.defer(() => oom?.close());
  const stdin = resources.adopt(openInput(bundle, step.stdin), closeInput);
  const streams = [1, 2] as const;
  const pipes = streams.map(() => resources.adopt(new OutputPipe(), (pipe) => pipe.close()));
  const [stdout, stderr] = pipes as [OutputPipe, OutputPipe];
  const process = runtime.run({
    id: record.id,
    group,
    bundle,
    runDir: bundle,
    stdio: { stdin, stdout: stdout.descriptor, stderr: stderr.descriptor },
    transient: true,
    signal,
  });
  for (const pipe of pipes) pipe.given();
  const kill = () => void engine.cgroups.killAll(group).catch((error: unknown) => warn(engine, error));
  signal.addEventListener("abort", kill, { once: true });
  resources.defer(() => signal.removeEventListener("abort", kill));
  const code = await outcome(process, pipes, step.log);
  if (signal.aborted) throw cancelled("the step was cancelled", { cause: signal.reason });
  return { code, oom: (await oom?.happened()) ?? false };
}

/** What came before the process was there is the runtime's own: on a failure the error says it. */
async function outcome(
  process: RuntimeProcess,
  pipes: readonly OutputPipe[],
  log: StepProcess["log"],
): Promise<number> {
  await process.started;
  const drained = Promise.all(
    pipes.map((pipe, at) => pipe.drain((data) => (at === 0 ? log(1, data) : log(2, inOtherWords(data))))),
  );
  drained.catch(() => undefined);
  const { code } = await process.exited;
  const timer = setTimeout(() => {
    for (const pipe of pipes) pipe.stop();
  }, outputGrace);
  try {
    await drained;
  } finally {
    clearTimeout(timer);
  }
  return code;
}

/** Under version 1 of control groups only those with a limit are watched, as with containers. */
function watchMemory(engine: EngineContext, { hostConfig }: ContainerRecord, group: string) {
  if (engine.cgroups.version === 1 && !hostConfig.Memory) return undefined;
  return engine.cgroups.watchOom(group, () => undefined);
}

function openInput(directory: string, text: string | undefined): Stream {
  if (text === undefined) return "ignore";
  const path = join(directory, "stdin");
  writeFileSync(path, text, { mode: 0o600 });
  return openSync(path, "r");
}

function closeInput(stream: Stream): void {
  if (stream !== "ignore") closeSync(stream);
}

function warn(engine: EngineContext, error: unknown): void {
  engine.log("error", `cannot kill the processes of a build step: ${messageOf(error)}`);
}
