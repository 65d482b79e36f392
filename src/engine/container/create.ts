import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import type * as api from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { nowNanoseconds, rfc3339Nano } from "../../os/clock.ts";
import { parseSignal } from "../../os/signal.ts";
import type { EngineContext, ResolvedImage } from "../context.ts";
import { goArchitecture } from "../system/version.ts";
import { emit } from "./events.ts";
import { mergeImageConfig, processArguments } from "./image-config.ts";
import { needsPopulation, populateVolumes } from "./mounts/populate.ts";
import { type ResolveInput, resolveMounts } from "./mounts/resolve.ts";
import { checkName } from "./names.ts";
import { endpointsFor } from "./network/endpoints.ts";
import { checkLinks } from "./network/links.ts";
import { type ContainerMount, type ContainerRecord, never } from "./record.ts";
import { deleteFiles } from "./remove.ts";
import { Undo } from "./undo.ts";
import { validateCreate } from "./validate/index.ts";

/** Makes a container. It exists, durably, once its record is written; whatever fails before leaves nothing. */
export async function createContainer(
  engine: EngineContext,
  request: api.ContainerCreateRequest,
  options: { name?: string; platform?: string; readOnlyRecursive?: boolean },
): Promise<api.ContainerCreateResponse> {
  const { readOnlyRecursive = true } = options;
  const { config, hostConfig, warnings } = validateCreate(request, engine.host, engine.config);
  if (!config.Image) throw invalid("no image specified: name the image that the container is made from");
  const image = await engine.images.resolve(config.Image, options.platform);
  const merged = mergeImageConfig(config, image.config);
  const command = processArguments(merged);
  if (command === undefined) throw invalid("no command specified");
  if (merged.StopSignal) parseSignal(merged.StopSignal);
  const endpoints = endpointsFor(engine, request, hostConfig);
  checkLinks(engine, hostConfig);
  const id = newId();
  const undo = new Undo();
  const name = engine.containers.reserve(id, options.name ? checkName(options.name) : undefined);
  undo.add("release the name", () => engine.containers.release(name));
  try {
    const mounts = await makeMounts(engine, { config: merged, hostConfig, readOnlyRecursive }, undo);
    undo.add("delete the files", () => deleteFiles(engine, id));
    mkdirSync(engine.paths.container(id).directory, { recursive: true, mode: 0o710 });
    await engine.rootfs.prepare(id, image.chainId);
    await holdImages(engine, id, mounts);
    const record: ContainerRecord = {
      id,
      name,
      created: rfc3339Nano(nowNanoseconds()),
      image: imageOf(config.Image, image),
      platform: image.os,
      config: { ...merged, ...hostnameFor(engine, id, merged, hostConfig) },
      hostConfig,
      ...command,
      mounts,
      endpoints,
      state: initialState(),
      restartCount: 0,
      manuallyStopped: false,
      removing: false,
    };
    await fillVolumes(engine, record);
    const container = engine.containers.add(record);
    emit(engine, container, "create");
    return { Id: id, Warnings: [...warnings, ...platformWarning(image, options.platform)] };
  } catch (error) {
    await undo.run((problem) => engine.log("error", problem));
    throw error;
  }
}

/** 64 hexadecimal digits of which the short form, the first 12, is not a number: it would pass for one. */
function newId(): string {
  for (;;) {
    const id = randomBytes(32).toString("hex");
    if (!/^\d{12}/.test(id)) return id;
  }
}

async function makeMounts(
  engine: EngineContext,
  asked: Pick<ResolveInput, "config" | "hostConfig" | "readOnlyRecursive">,
  undo: Undo,
): Promise<ContainerMount[]> {
  const { volumes, containers } = engine;
  const before = new Set(volumes.list().map((volume) => volume.name));
  const mounts = await resolveMounts({
    ...asked,
    volumes,
    images: engine.images,
    dataRoot: engine.config.dataRoot,
    container: (ref) => containers.find(ref).record,
  });
  for (const { point, anonymous } of mounts) {
    const name = point.Name;
    if (name === undefined || before.has(name)) continue;
    if (anonymous) undo.add(`remove the volume ${name}`, () => volumes.remove(name));
  }
  return mounts;
}

/** Images that are mounted stay as long as the container, whatever becomes of their names. */
async function holdImages({ rootfs }: EngineContext, id: string, mounts: ContainerMount[]): Promise<void> {
  for (const [at, { image }] of mounts.entries())
    if (image !== undefined) await rootfs.prepareImage(id, at, image.chainId);
}

/** Volumes that are empty get what the image has in their place, before the container is known to anybody. */
async function fillVolumes(engine: EngineContext, record: ContainerRecord): Promise<void> {
  if (!needsPopulation(record.mounts, engine.volumes)) return;
  await engine.rootfs.withMounted(record, (rootfs) => populateVolumes(record.mounts, rootfs, engine.volumes));
}

const imageOf = (reference: string, { id, chainId }: ResolvedImage): ContainerRecord["image"] => ({
  reference,
  id,
  ...(chainId === undefined ? {} : { chainId }),
});

function initialState(): ContainerRecord["state"] {
  return {
    status: "created",
    exitCode: 0,
    error: "",
    oomKilled: false,
    startedAt: never,
    finishedAt: never,
    initPid: 0,
    startTicks: 0,
  };
}

/** Who shares a container's network has its name too: the hosts file that they share says so. */
function hostnameFor(
  engine: EngineContext,
  id: string,
  config: api.ContainerConfig,
  { NetworkMode, UTSMode }: api.HostConfig,
): Pick<api.ContainerConfig, "Hostname" | "Domainname"> {
  const other = /^container:(.+)$/.exec(NetworkMode ?? "")?.[1];
  // One that is missing is the start's error, as with Docker: a 404 now would mean the image.
  const owner = [...engine.containers].find(
    ({ record }) => other !== undefined && (record.name === other || record.id.startsWith(other)),
  );
  if (owner !== undefined) {
    const { Hostname = "", Domainname = "" } = owner.record.config;
    return { Hostname, Domainname };
  }
  if (config.Hostname) return { Hostname: config.Hostname };
  return { Hostname: NetworkMode === "host" || UTSMode === "host" ? hostname() : id.slice(0, 12) };
}

function platformWarning(image: ResolvedImage, asked: string | undefined): string[] {
  const theirs = `${image.os}/${image.architecture}`;
  const ours = `linux/${goArchitecture()}`;
  if (asked || theirs === ours || !image.architecture) return [];
  return [
    `The requested image's platform (${theirs}) does not match the detected host platform (${ours}) and no ` +
      "specific platform was requested",
  ];
}
