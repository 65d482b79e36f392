import type { BuildRequest, BuildResult, KeptStep } from "../api/build.ts";
import { withLease } from "../engine/image/garbage.ts";
import { asSlipwayError, invalid } from "../errors/index.ts";
import { checkExports, exportCaches, Imports, inlineCache, wantsInlineCache } from "./cache/remote/index.ts";
import { openContexts } from "./context/contexts.ts";
import { findDockerfile } from "./context/dockerfile.ts";
import { checkFrontEnd, convertDockerfile } from "./dockerfile/index.ts";
import { type Built, checkTags, exportOutputs, type Offer } from "./exporter/index.ts";
import { keepFailed } from "./failure/debug.ts";
import { failureOf, type StepPlaces } from "./failure/failure.ts";
import { type Edge, vertex } from "./graph/index.ts";
import type { BuildJob } from "./job.ts";
import { BuildPlace } from "./place.ts";
import { type Channel, now } from "./progress/index.ts";
import { Bases } from "./request/bases.ts";
import { answerCall } from "./request/call.ts";
import { frontendOptions } from "./request/options.ts";
import { planOf } from "./request/plan.ts";
import { sessionOf } from "./request/session.ts";
import type { BuildRooms } from "./rooms.ts";
import type { Result, Session, SolvedStep } from "./solver/index.ts";
import type { BuildTarget } from "./target.ts";

export interface BuildCall {
  readonly request: BuildRequest;
  /** What stands behind the request. */
  readonly archive: AsyncIterable<Uint8Array>;
  readonly channel: Channel;
  readonly offer: Offer;
  readonly signal: AbortSignal;
}

/**
 * A build from its request to its outputs: contexts are opened, the Dockerfile becomes a graph, the graph trees, and the trees
 * what was asked for. The channel hears all of it, and the result or the failure last.
 */
export async function runBuild(rooms: BuildRooms, call: BuildCall): Promise<void> {
  const { channel, request, signal } = call;
  const known: Known = {};
  try {
    await using place = new BuildPlace(rooms.open.imageRooms.dataRoot);
    const result = await withLease(rooms.open.imageRooms, async (lease) => {
      const job = { rooms, request, place, lease, progress: channel, signal };
      try {
        return await perform(job, call, known);
      } catch (error) {
        known.kept = await keepFailed(job, error);
        throw error;
      }
    });
    channel.send({ result });
  } catch (error) {
    // What the system says of a failure of ours belongs into the log, too.
    if (asSlipwayError(error).kind === "system")
      rooms.open.context.log("error", `build: ${asSlipwayError(error).message}`);
    const { steps, kept } = known;
    channel.send({ error: { ...failureOf(error, steps), ...(kept === undefined ? {} : { kept }) } });
  } finally {
    channel.end();
  }
}

/** What a build has come to know by the time that it fails. */
interface Known {
  steps?: StepPlaces;
  kept?: KeptStep | undefined;
}

async function perform(
  job: BuildJob,
  { archive, offer, channel }: BuildCall,
  known: Known,
): Promise<BuildResult> {
  const { request, progress, signal } = job;
  checkTags(request.Tags ?? []);
  const contexts = await openContexts(job, archive);
  const session = sessionOf(request, contexts.directories);
  const dockerfile = await findDockerfile(job, contexts, session);
  const options = frontendOptions(request, contexts.named, dockerfile);
  const source = { filename: options.filename, text: options.text };
  // Docker's classic builder takes the directive for a comment.
  if (request.Plan !== true) checkFrontEnd(source, request.BuildArgs?.BUILDKIT_SYNTAX);
  const bases = new Bases(job);
  if (request.Call !== undefined)
    return await answerCall(request.Call, options, (...base) => bases.known(...base));
  const frontend = await convertDockerfile(options, bases, signal);
  const { targets, warnings, places } = frontend;
  known.steps = { source, places };
  if (request.Plan === true) channel.send({ plan: planOf(source, frontend, request.Labels ?? {}) });
  if (warnings.length > 0) progress.tell({ warnings: [...warnings] });
  checkExports(job);
  const { built, steps } = await solve(job, targets, session);
  const results = built.map(({ layers }) => layers);
  const exported = await exportOutputs(job, built, offer);
  await exportCaches(job, { steps, results });
  return { Targets: exported, Warnings: [...warnings] };
}

async function solve(
  job: BuildJob,
  targets: readonly BuildTarget[],
  session: Session,
): Promise<{ built: Built[]; steps: SolvedStep[] }> {
  const { rooms, request, progress, signal, lease } = job;
  const epoch = epochOf(request.BuildArgs?.SOURCE_DATE_EPOCH);
  const config = { built: epoch ?? now(), ...(epoch === undefined ? {} : { epoch }) };
  const edges = targets.map(({ tree }) => owned(tree));
  const steps: SolvedStep[] = [];
  await using imports = await Imports.open(job, targets);
  const results = await rooms.solver.solve(edges, {
    ...{ session, progress, signal, lease, caches: imports.all },
    solved: (step) => steps.push(step),
  });
  const built = targets.map((target, at) => {
    const layers = layersOf(results[at]);
    const inline = wantsInlineCache(request) ? inlineCache(steps, layers) : undefined;
    return {
      target,
      layers,
      config: { ...config, ...(inline === undefined ? {} : { inlineCache: inline }) },
    };
  });
  return { built, steps };
}

/** A context that is all of a stage is copied: its files are somebody else's. */
function owned(tree: Edge): Edge {
  if (tree?.op.kind !== "local") return tree;
  const copy = {
    action: "copy",
    input: 1,
    sources: ["/"],
    destination: "/",
    intoDirectory: true,
    parents: false,
    exclude: [],
    unpack: false,
    required: false,
    replaceLinks: false,
  } as const;
  return vertex({ kind: "file", actions: [copy] }, [undefined, tree], { name: `copy ${tree.name}` });
}

function layersOf(result: Result | undefined) {
  if (result?.kind !== "layers") throw new TypeError("a target has no layers");
  return result.layers;
}

/** Seconds since the epoch, as <https://reproducible-builds.org/specs/source-date-epoch/> has them. */
function epochOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,11}$/.test(text))
    throw invalid(`invalid SOURCE_DATE_EPOCH: ${text}: it counts seconds since 1970`);
  return new Date(Number(text) * 1000).toISOString().replace(".000Z", "Z");
}
