import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { EventBus } from "../events/index.ts";
import { Metastore } from "../metastore/index.ts";
import { Names, NetworkController } from "../network/index.ts";
import { detectCgroups } from "../os/cgroup/index.ts";
import { nowNanoseconds, rfc3339Nano } from "../os/clock.ts";
import { Registries } from "../registry/index.ts";
import { OciRuntime, type Runtime, StatusDirectory } from "../runtime/index.ts";
import { dockerDirectories, Volumes } from "../volumes/index.ts";
import type { ImageVerbs } from "./backend.ts";
import { Background } from "./background.ts";
import type { EngineConfig } from "./config/index.ts";
import { exportProxies } from "./config/registry.ts";
import { RootFilesystems } from "./container/rootfs.ts";
import { ContainerStore } from "./container/store.ts";
import type { EngineContext } from "./context.ts";
import { ExecStore } from "./exec/store.ts";
import type { HostFacts } from "./host/index.ts";
import type { TransferRooms } from "./image/transfer-rooms.ts";
import type { Log } from "./log.ts";
import { restoreNetworks } from "./network/availability.ts";
import { bridgeSettings } from "./network/bridge.ts";
import { predefinedNetworks } from "./network/predefined.ts";
import { NetworkStore } from "./network/store.ts";
import { Paths } from "./paths.ts";
import { openStorage } from "./storage.ts";
import { VolumeRenames } from "./volume/renames.ts";

export interface EngineOptions {
  config: EngineConfig;
  host: HostFacts;
  log: Log;
}

/** The rooms of an engine that is about to begin its work, and what is needed to end it. */
export interface OpenEngine {
  context: EngineContext;
  images: ImageVerbs;
  imageRooms: TransferRooms;
  registries: Registries;
  metastore: Metastore;
  status: StatusDirectory;
  /** Deletes what no image and no container uses. */
  collect(): Promise<void>;
}

/** What an engine is, beyond its configuration; decided when its data root is new. */
interface Identity {
  id: string;
  created: string;
}

/** Opens every room. Nothing is started or repaired yet: that is up to `restore`. */
export async function openRooms({ config, host, log }: EngineOptions): Promise<OpenEngine> {
  const paths = new Paths(config.dataRoot, config.execRoot);
  for (const directory of [paths.containers, paths.bundles])
    mkdirSync(directory, { recursive: true, mode: 0o710 });
  const metastore = Metastore.open(paths.metastore);
  const identity = identify(metastore);
  const network = new NetworkController(networkKey(config, log));
  const bridge = bridgeSettings(config, identity.id, metastore.table("bridge"));
  const predefined = predefinedNetworks({
    engineId: identity.id,
    created: identity.created,
    ...(bridge === undefined ? {} : { bridge }),
  });
  const networks = new NetworkStore(metastore, predefined);
  const [first] = predefined;
  // Without the default bridge there is no engine; what is wrong with others can wait.
  if (first?.settings !== undefined) await network.ensure(first.settings);
  await restoreNetworks({ network, networks, log });
  const status = new StatusDirectory(config.execRoot);
  const cgroups = detectCgroups();
  const runtimes = openRuntimes(config, status, cgroups);
  const events = new EventBus();
  const containers = new ContainerStore(metastore);
  exportProxies(config.registry.proxies);
  const registries = new Registries(config.registry, { attempts: config.transfers.attempts });
  const storage = await openStorage({
    paths,
    dataRoot: config.dataRoot,
    metastore,
    events,
    containers,
    registries,
    transfers: config.transfers,
    maxLayerBytes: config.maxLayerBytes,
    archives: config.archives,
    layerImages: config.storageDriver === "erofs",
  });
  const context: EngineContext = {
    id: identity.id,
    config,
    host,
    log,
    paths,
    events,
    background: new Background(log),
    containers,
    execs: new ExecStore(),
    images: storage.images,
    files: storage.files,
    rootfs: new RootFilesystems(storage.snapshots, paths),
    volumes: openVolumes(config, paths, metastore, events),
    volumeRenames: new VolumeRenames(metastore),
    network,
    networks,
    names: new Names({ log }),
    cgroups,
    runtimes,
    shuttingDown: false,
    closed: false,
  };
  const { verbs: images, rooms: imageRooms } = storage;
  return { context, images, imageRooms, registries, metastore, status, collect: () => storage.collect() };
}

function openVolumes(config: EngineConfig, paths: Paths, metastore: Metastore, events: EventBus): Volumes {
  const own = join(config.execRoot, "plugins");
  const { sockets, specs } = dockerDirectories;
  return Volumes.open({
    root: paths.volumes,
    plugins: { sockets: [own, ...sockets], specs: [own, ...specs] },
    references: metastore.table("volumes"),
    tell: (action, { name, driver }) =>
      events.publish({ type: "volume", action, id: name, attributes: { driver } }),
  });
}

/** What tells this engine's links and rules from those of others on the host. */
export function networkKey(config: EngineConfig, log: Log) {
  return {
    engineKey: config.dataRoot,
    firewall: config.iptables,
    packetFilter: config.firewall,
    log,
  };
}

function identify(metastore: Metastore): Identity {
  const table = metastore.table<Identity>("engine");
  const known = table.get("identity");
  if (known !== undefined) return known;
  const identity = { id: randomUUID(), created: rfc3339Nano(nowNanoseconds()) };
  table.put("identity", identity);
  return identity;
}

function openRuntimes(
  config: EngineConfig,
  status: StatusDirectory,
  cgroups: EngineContext["cgroups"],
): Map<string, Runtime> {
  const { execRoot } = config;
  return new Map(
    Object.entries(config.runtimes).map(([name, { path, args }]) => [
      name,
      new OciRuntime({ name, binary: path, args, execRoot, status, cgroups }),
    ]),
  );
}
