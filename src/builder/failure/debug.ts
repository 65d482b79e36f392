import type { KeptStep } from "../../api/build.ts";
import { Annotations } from "../exporter/annotations.ts";
import { makeImage, register } from "../exporter/image.ts";
import { BlobStore } from "../exporter/store.ts";
import type { BuildJob } from "../job.ts";
import { CommandFailure } from "../op/exec/failure.ts";
import { now } from "../progress/index.ts";
import { StepFailure } from "../solver/index.ts";

/** Makes the root file system that a failed command has left an image without a name: somebody wants to look into it. */
export async function keepFailed(job: BuildJob, error: unknown): Promise<KeptStep | undefined> {
  if (!(error instanceof StepFailure) || !(error.cause instanceof CommandFailure)) return undefined;
  const { op } = error.vertex;
  const { kept } = error.cause;
  if (op.kind !== "exec" || kept === undefined) return undefined;
  for (const { chainID } of kept) job.lease.chains.add(chainID);
  const { args, env, cwd, user, platform } = op;
  const config = { Env: [...env], WorkingDir: cwd, User: user, Cmd: ["/bin/sh"] };
  const image = { config: { ...platform, config }, history: [], platform };
  const target = { ...image, name: "", stage: 0, tree: undefined };
  using store = new BlobStore(job);
  const made = await makeImage(job, store, { target, layers: kept, config: { built: now() } }, options);
  const chain = kept.map(({ chainID }) => chainID);
  await store.written(chain);
  await register(job, [made], undefined, []);
  job.rooms.open.imageRooms.pending.release(chain);
  return { Image: made.image.configDescriptor.digest, Args: [...args], ...config };
}

const options = { compression: "uncompressed", force: false, annotations: new Annotations({}) } as const;
