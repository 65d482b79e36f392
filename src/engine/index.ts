import type {
  Backend,
  Builds,
  BuildVerbs,
  ContainerVerbs,
  ExecVerbs,
  ImageVerbs,
  NetworkVerbs,
  RegistryVerbs,
  StoreVerbs,
  SystemVerbs,
  VolumeCopyVerbs,
  VolumeVerbs,
} from "./backend.ts";
import { containerVerbs } from "./container/index.ts";
import { execVerbs } from "./exec/index.ts";
import { networkVerbs } from "./network/index.ts";
import { type EngineOptions, type OpenEngine, openRooms } from "./open.ts";
import { registryVerbs } from "./registry/index.ts";
import { restore } from "./restore.ts";
import { shutDown } from "./shutdown.ts";
import { Janitor, LastUse, storeVerbs } from "./store/index.ts";
import { systemVerbs } from "./system/index.ts";
import { volumeCopyVerbs } from "./volume/copies.ts";
import { volumeVerbs } from "./volume/index.ts";

export type { Backend } from "./backend.ts";
export type { EngineOptions, OpenEngine } from "./open.ts";

/** Makes what builds on an engine's rooms: the engine does not know who. */
export type OpenBuilds = (rooms: OpenEngine) => Promise<Builds>;

/** The container engine: what `server/` offers to the world. */
export class Engine implements Backend {
  readonly containers: ContainerVerbs;
  readonly execs: ExecVerbs;
  readonly images: ImageVerbs;
  readonly registries: RegistryVerbs;
  readonly networks: NetworkVerbs;
  readonly volumes: VolumeVerbs;
  readonly volumeCopies: VolumeCopyVerbs;
  readonly system: SystemVerbs;
  readonly store: StoreVerbs;
  readonly builds: BuildVerbs;

  private constructor(
    private readonly rooms: OpenEngine,
    private readonly janitor: Janitor,
    private readonly builder: Builds,
  ) {
    const { context, images } = rooms;
    this.containers = containerVerbs(context);
    this.execs = execVerbs(context);
    this.images = images;
    this.registries = registryVerbs(rooms.registries, rooms.imageRooms);
    this.networks = networkVerbs(context);
    this.volumes = volumeVerbs({
      volumes: context.volumes,
      events: context.events,
      users: (name) => context.containers.usersOfVolume(name),
    });
    this.volumeCopies = volumeCopyVerbs(context);
    this.system = systemVerbs(context, this);
    this.builds = builder.verbs;
    this.store = storeVerbs(context, rooms.imageRooms, janitor);
  }

  /** Opens the engine's state and takes over what an engine before it left. */
  static async open(options: EngineOptions & { openBuilds: OpenBuilds }): Promise<Engine> {
    const rooms = await openRooms(options);
    await restore(rooms.context, () => rooms.status.announce());
    const { context, imageRooms, metastore } = rooms;
    const builder = await options.openBuilds(rooms);
    const lastUse = new LastUse(metastore, imageRooms.images, context.containers, context.events);
    const janitor = new Janitor({ engine: context, rooms: imageRooms, lastUse, builds: builder.verbs });
    context.background.run("collect garbage", () => rooms.collect().finally(() => janitor.start()));
    return new Engine(rooms, janitor, builder);
  }

  /** Ends the engine in good order. */
  async close(): Promise<void> {
    this.janitor.stop();
    await this.builder.close();
    await shutDown(this.rooms);
  }
}
