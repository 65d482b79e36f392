import { notFound } from "../../../errors/index.ts";
import { digestOf } from "../../../oci/digest.ts";
import type { ExecutionConfig } from "../../../oci/image.ts";
import type { Platform } from "../../../oci/platform.ts";
import type { Edge, ExecOp, FileAction, Vertex } from "../../graph/index.ts";
import type { BuildTarget, FrontendResult } from "../../target.ts";
import { DockerfileError } from "../parser/index.ts";
import { convertDockerfile } from "./convert.ts";
import type { FrontendOptions, MetaResolver, ResolvedBase } from "./model.ts";

export const amd64: Platform = { os: "linux", architecture: "amd64" };

const defaults: FrontendOptions = {
  filename: "Dockerfile",
  text: "",
  targets: [],
  platforms: [amd64],
  buildArgs: {},
  labels: {},
  contexts: new Map([["context", { kind: "local", name: "context", ignore: [] }]]),
  noCache: false,
  noCacheFilter: [],
  pull: false,
  network: "default",
  limits: {},
  entitlements: new Set(),
  proxies: [],
};

export const optionsFor = (text: string): FrontendOptions => ({ ...defaults, text });

/** An image that tests build on. */
export function base(reference: string, config: ExecutionConfig = {}, platform = amd64): ResolvedBase {
  const layer = digestOf(`layer of ${reference}`);
  const image = {
    ...platform,
    created: "2020-01-01T00:00:00Z",
    config: { Env: ["PATH=/bin"], Cmd: ["sh"], ...config },
    rootfs: { type: "layers", diff_ids: [layer] },
    history: [{ created_by: `made ${reference}` }],
  } as const;
  return { id: digestOf(reference), reference, config: structuredClone(image) as never };
}

export interface Trial {
  readonly options?: Partial<FrontendOptions>;
  /** By name without `docker.io/library/` and `:latest`; `debian` and `busybox` are always there. */
  readonly images?: Readonly<Record<string, ExecutionConfig>>;
  /** What was looked up, in order. */
  readonly lookups?: string[];
}

/** Converts a Dockerfile; all images have the platform that is asked for. */
export function convert(
  text: string,
  { options = {}, images = {}, lookups = [] }: Trial = {},
): Promise<FrontendResult> {
  const known: Readonly<Record<string, ExecutionConfig>> = { debian: {}, busybox: {}, ...images };
  const resolver: MetaResolver = {
    image: async (reference, platform) => {
      lookups.push(reference);
      const name = reference.replace("docker.io/library/", "").replace(/:latest$/, "");
      const config = known[name];
      if (config === undefined) throw notFound(`${reference}: not found`);
      return base(reference, config, platform);
    },
  };
  return convertDockerfile({ ...defaults, text, ...options }, resolver, new AbortController().signal);
}

export async function convertOne(text: string, trial: Trial = {}): Promise<BuildTarget> {
  const { targets } = await convert(text, trial);
  return targets[0]!;
}

/** What is wrong with a Dockerfile. */
export async function failure(text: string, trial: Trial = {}): Promise<DockerfileError> {
  try {
    await convert(text, trial);
  } catch (error) {
    if (error instanceof DockerfileError) return error;
    throw error;
  }
  throw new Error("the file was taken");
}

/** All vertices below an edge, each once, inputs before what uses them. */
export function vertices(edge: Edge, seen = new Map<string, Vertex>()): Vertex[] {
  for (const input of edge?.inputs ?? []) vertices(input, seen);
  if (edge !== undefined) seen.set(edge.digest, edge);
  return [...seen.values()];
}

export const names = (edge: Edge): string[] => vertices(edge).map(({ name }) => name);

/** The operation of the last RUN. */
export function execOf(edge: Edge): ExecOp {
  const found = vertices(edge).findLast(({ op }) => op.kind === "exec");
  if (found?.op.kind !== "exec") throw new Error("nothing is run");
  return found.op;
}

/** What a COPY, ADD or WORKDIR does. */
export function actionsOf(edge: Edge): readonly FileAction[] {
  const op = edge?.op.kind === "link" ? edge.inputs[1]?.op : edge?.op;
  if (op?.kind !== "file") throw new Error("no files are changed");
  return op.actions;
}

export const warnings = ({ warnings: all }: FrontendResult): string[] =>
  all.map(({ short }) => Buffer.from(short, "base64").toString());
