import { randomBytes } from "node:crypto";
import { asSlipwayError, conflict, notFound, SlipwayError } from "../errors/index.ts";
import type { Table } from "../metastore/index.ts";
import { Catalogue, type VolumeDescription } from "./catalogue.ts";
import { LocalDriver } from "./local/driver.ts";
import { needsMount, restrictionsOf } from "./local/options.ts";
import type { VolumeRecord } from "./model.ts";
import { dockerDirectories, type PluginDirectories } from "./plugin/discovery.ts";
import { Plugins } from "./plugin/plugins.ts";
import { VolumeStore } from "./store.ts";
import { rfc3339 } from "./time.ts";
import { Turns } from "./turns.ts";
import { VolumeUsers } from "./users.ts";

export interface VolumeRequest {
  /** A random one when absent or empty. */
  name?: string;
  /** `local` when absent, unless some driver has the name already. */
  driver?: string;
  labels?: Record<string, string>;
  options?: Record<string, string>;
}

export interface VolumesOptions {
  /** Where local volumes are. */
  root: string;
  /** Which plugin has which volume, and what the engine keeps of it. */
  references: Table<VolumeRecord>;
  /** Where plugins are looked for; Docker's places when absent. */
  plugins?: PluginDirectories;
  /** How long a plugin may take for a call, in milliseconds; 30 s when absent. */
  pluginLimit?: number;
  /** Hears of volumes that have come to be, or are gone for good. */
  tell?: (action: "create" | "destroy", record: VolumeRecord) => void;
}

const never = new AbortController().signal;

/**
 * The volumes of all drivers under one roof: one name, one driver. What is done to a volume is done in turns. Its users
 * are those that mounted it; it is mounted with the first and unmounted after the last.
 */
export class Volumes {
  readonly #turns = new Turns();
  readonly #users = new VolumeUsers();
  /** Users whose processes do not end. */
  readonly #abandoned = new Set<string>();
  /** Where plugins said that their volumes are. */
  readonly #paths = new Map<string, string>();
  readonly #local: LocalDriver;
  readonly #catalogue: Catalogue;

  private constructor(
    /** The files of local volumes; what concerns only these goes there. */
    readonly local: VolumeStore,
    private readonly options: VolumesOptions,
  ) {
    this.#local = new LocalDriver(local);
    const plugins = new Plugins(options.plugins ?? dockerDirectories, options.pluginLimit);
    this.#catalogue = new Catalogue(local, this.#local, plugins, options.references);
  }

  static open(options: VolumesOptions): Volumes {
    return new Volumes(VolumeStore.open(options.root), options);
  }

  /** A volume that the engine knows of. */
  find(name: string): VolumeRecord | undefined {
    return this.#catalogue.find(name);
  }

  /** `notFound` for one it does not know of. */
  get(name: string): VolumeRecord {
    const record = this.find(name);
    if (record === undefined) throw notFound(`get ${name}: no such volume`);
    return record;
  }

  /** What the engine knows of, by name. Asks no driver. */
  list(): VolumeRecord[] {
    return this.#catalogue.list();
  }

  /** All volumes, those that plugins alone know of included, with what their drivers say. */
  async survey(signal = never): Promise<{ volumes: VolumeDescription[]; warnings: string[] }> {
    return await this.#catalogue.survey(signal);
  }

  /** A volume with what its driver says. `notFound` when no driver has it. */
  async describe(name: string, signal = never): Promise<VolumeDescription> {
    return await this.#catalogue.describe(name, signal);
  }

  /** Makes a volume, or answers the one that has this name already; `conflict` when another driver has it. */
  async create(request: VolumeRequest, signal = never): Promise<VolumeRecord> {
    const name = request.name || randomBytes(32).toString("hex");
    return await this.#turns.run(name, async () => {
      const asked = request.driver ?? "";
      // Somebody else may have made a volume of this name with a plugin: nobody said that it should be a local one.
      const probe = request.name && asked === "";
      const known = probe ? await this.#catalogue.lookup(name, signal) : this.find(name);
      if (known !== undefined) return sameDriver(known, asked);
      return await creating(name, async () => {
        const driver = await this.#catalogue.driver(asked || "local", signal);
        const createdAt = rfc3339(new Date());
        const { labels = {}, options = {} } = request;
        const record = { name, driver: driver.name, createdAt, labels, options };
        await driver.create(record, signal);
        if (driver !== this.#local) this.options.references.put(name, record);
        this.options.tell?.("create", record);
        return record;
      });
    });
  }

  /**
   * Forgets a volume and deletes what it holds. `conflict` while it is mounted; who merely names it is the caller's to know.
   * With `force` a plugin's volume is forgotten also where the plugin fails to remove it, which is an error all the same.
   */
  async remove(name: string, { force = false } = {}, signal = never): Promise<void> {
    await this.#turns.run(name, async () => {
      const record = await this.#catalogue.lookup(name, signal);
      if (record === undefined) throw notFound(`get ${name}: no such volume`);
      if (this.#users.count(name) > 0) throw conflict(`remove ${name}: volume is in use`);
      try {
        await (await this.#catalogue.driver(record.driver, signal)).remove(name, signal);
      } catch (error) {
        if (force) this.#forget(name);
        throw error;
      }
      this.#forget(name);
      this.options.tell?.("destroy", record);
    });
  }

  /** Fails as a volume of this name could not be made: `invalid`, or `conflict` for one that is taken. */
  checkFree(name: string): void {
    if (this.find(name) !== undefined) throw conflict(`there is a volume ${name} already`);
    this.local.checkFree(name);
  }

  /**
   * Makes a local volume whose files `fill` puts into a directory. `conflict` for a name that is taken. Who asks for the
   * name meanwhile does not wait: of two that make it, the one that is ready first has it.
   */
  async createFrom(
    request: { name: string; labels: Record<string, string> },
    fill: (data: string) => Promise<void>,
  ): Promise<VolumeRecord> {
    const { name } = request;
    this.checkFree(name);
    return await this.local.staged(fill, (staging) =>
      this.#turns.run(name, () => {
        this.checkFree(name);
        const record = this.local.createFrom(staging, request);
        this.options.tell?.("create", record);
        return record;
      }),
    );
  }

  /** Puts other files in the place of a local volume's. `conflict` while it is mounted. */
  async replace(name: string, fill: (data: string) => Promise<void>): Promise<void> {
    const refuseUsed = () => {
      if (this.#users.count(name) > 0)
        throw conflict(
          `volume ${name} is in use: what uses it would go on with the old files; stop it and try again`,
        );
    };
    refuseUsed();
    await this.local.staged(fill, (staging) =>
      this.#turns.run(name, () => {
        refuseUsed();
        this.local.replace(name, staging);
      }),
    );
  }

  /**
   * Gives a local volume another name, and other labels. Mounts of it stay; of its users only those in `knowing`, which
   * can be told, may have it. `move` is called when nobody else can do anything with either name, and does it, with what
   * is to be durable before and after. `conflict` for a name that is taken.
   */
  async rename(
    { name, to, labels }: { name: string; to: string; labels: Record<string, string> },
    knowing: readonly string[],
    move: (rename: () => void) => void,
  ): Promise<void> {
    // In one order, so that two renames do not wait for each other.
    const [first = name, second = to] = [name, to].sort();
    const turn = () => {
      const strangers = this.#users.list(name).filter((user) => !knowing.includes(user));
      if (strangers.length > 0)
        throw conflict(
          `volume ${name} is being copied, or its files looked at: try again when that has ended`,
        );
      this.checkFree(to);
      move(() => {
        try {
          this.local.rename(name, to, labels);
        } finally {
          if (this.local.find(name) === undefined) this.#users.rename(name, to);
        }
      });
    };
    await this.#turns.run(first, () => (first === second ? turn() : this.#turns.run(second, turn)));
  }

  #forget(name: string): void {
    this.options.references.delete(name);
    this.#paths.delete(name);
  }

  /** The path of a volume's files, which stay there until this user unmounts it. Once for each user, however often asked. */
  async mount(name: string, user: string, signal = never): Promise<string> {
    return await this.#turns.run(name, async () => {
      const { driver } = this.get(name);
      if (this.#users.has(name, user)) return this.path(name);
      const path = await (await this.#catalogue.driver(driver, signal)).mount(
        name,
        user,
        this.#users.count(name),
        signal,
      );
      if (driver !== this.#local.name) this.#paths.set(name, path);
      this.#users.add(name, user);
      return path;
    });
  }

  /** Ends what `mount` began; nothing for who is no user. The user is gone also when the driver fails. */
  async unmount(name: string, user: string, signal = never): Promise<void> {
    await this.#turns.run(name, async () => {
      if (!this.#users.has(name, user)) return;
      this.#users.delete(name, user);
      if (this.#users.of(user).length === 0) this.#abandoned.delete(user);
      const { driver } = this.get(name);
      await (await this.#catalogue.driver(driver, signal)).unmount(
        name,
        user,
        this.#users.count(name),
        signal,
      );
    });
  }

  /**
   * Says that nothing of a user is wanted any more, but that its processes do not end: they may wait for a server. The
   * connections of volumes that only such users have are broken, and answers which other volumes it has from elsewhere.
   * Not in turn: whoever has it may wait as well.
   */
  async abandon(user: string, signal = never): Promise<string[]> {
    this.#abandoned.add(user);
    const shared: string[] = [];
    for (const name of this.#users.of(user).filter((each) => this.isForeign(each))) {
      const onlySuch = this.#users.users(name).every((each) => this.#abandoned.has(each));
      if (onlySuch && this.get(name).driver === this.#local.name) await this.#local.abandon(name, signal);
      else shared.push(name);
    }
    return shared;
  }

  /** Notes a user that an engine before this one mounted a volume for. */
  adopt(name: string, user: string, path: string): void {
    this.#users.add(name, user);
    if (this.get(name).driver !== this.#local.name) this.#paths.set(name, path);
  }

  /** Unmounts what an engine before this one mounted for users that are gone. To be called when all others are adopted. */
  async unmountUnused(signal = never): Promise<void> {
    for (const { name } of this.local.list()) {
      await this.#turns.run(name, async () => {
        const unused = this.#users.count(name) === 0 && this.local.find(name) !== undefined;
        if (unused) await this.#local.unmount(name, "", 0, signal);
      });
    }
  }

  /** Whether a volume's files are elsewhere than in the engine's own directory: looking at them may take long. */
  isForeign(name: string): boolean {
    const { driver, options } = this.get(name);
    return driver !== this.#local.name || needsMount(options);
  }

  /** Words of mount(8) that hold for every mount of a volume, such as `ro`. */
  restrictions(name: string): string[] {
    const { driver, options } = this.get(name);
    return driver === this.#local.name ? restrictionsOf(options) : [];
  }

  /** A container has the volume now, or has had it until now. */
  noteUse(name: string): void {
    const record = this.find(name);
    if (record === undefined) return;
    if (record.driver === this.#local.name) this.local.noteUse(name);
    else this.options.references.put(name, { ...record, lastUsed: rfc3339(new Date()) });
  }

  /** RFC3339, when a container last had the volume; undefined when none ever had. */
  lastUsed(name: string): string | undefined {
    const { driver, lastUsed } = this.get(name);
    return driver === this.#local.name ? this.local.lastUsed(name) : lastUsed;
  }

  /** The volumes that a user has mounted. */
  mountedBy(user: string): string[] {
    return this.#users.of(user);
  }

  /** Where the files are while the volume is mounted; empty for a plugin's that is not. Asks no driver, touches no file. */
  path(name: string): string {
    return this.get(name).driver === this.#local.name ? this.local.path(name) : (this.#paths.get(name) ?? "");
  }
}

/** Says what failed, in Docker's form; drivers do not name the volume themselves. */
async function creating<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { kind, message, details } = asSlipwayError(cause);
    throw new SlipwayError(kind, `create ${name}: ${message}`, { ...details, cause });
  }
}

function sameDriver(known: VolumeRecord, asked: string | undefined): VolumeRecord {
  const driver = asked === "default" ? "local" : asked;
  if (!driver || driver === known.driver) return known;
  throw conflict(
    `create ${known.name}: driver '${known.driver}' already has volume '${known.name}': volume name must be unique`,
  );
}
