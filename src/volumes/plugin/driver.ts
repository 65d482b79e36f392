import { messageOf, SlipwayError, systemError } from "../../errors/index.ts";
import { isThere } from "../limited.ts";
import type { DriverVolume, Scope, VolumeDriver, VolumeRecord } from "../model.ts";
import type { PluginClient } from "./client.ts";

/** Volumes of a plugin, over Docker's `VolumeDriver` calls. What it answers is checked before it is believed. */
export class PluginDriver implements VolumeDriver {
  #scope: Scope | undefined;

  constructor(
    readonly name: string,
    private readonly client: PluginClient,
  ) {}

  /** A plugin need not know the call: then its volumes are this host's. */
  async scope(signal: AbortSignal): Promise<Scope> {
    if (this.#scope !== undefined) return this.#scope;
    try {
      const { Capabilities } = await this.#call("Capabilities", {}, signal);
      const scope = (Capabilities as { Scope?: unknown } | null | undefined)?.Scope;
      this.#scope = String(scope).toLowerCase() === "global" ? "global" : "local";
      return this.#scope;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SlipwayError)) throw error;
      return "local";
    }
  }

  async create({ name, options }: VolumeRecord, signal: AbortSignal): Promise<void> {
    await this.#call("Create", { Name: name, Opts: options }, signal);
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#call("Remove", { Name: name }, signal);
  }

  async mount(name: string, user: string, others: number, signal: AbortSignal): Promise<string> {
    const { Mountpoint } = await this.#call("Mount", { Name: name, ID: user }, signal);
    try {
      return await this.#checkMountpoint(name, Mountpoint, signal);
    } catch (error) {
      // To the plugin the user has it.
      await this.unmount(name, user, others, signal);
      throw error;
    }
  }

  async #checkMountpoint(name: string, path: unknown, signal: AbortSignal): Promise<string> {
    const what = `plugin ${this.name}: VolumeDriver.Mount: the answered path of volume ${name}`;
    const shown = JSON.stringify(path)?.slice(0, 200);
    if (typeof path !== "string" || !path.startsWith("/"))
      throw systemError(`${what} is not absolute: ${shown}`);
    if (await isThere(`${path}/`, { what, signal })) return path;
    throw systemError(`${what} is no directory of this host: ${shown}`);
  }

  async unmount(name: string, user: string, _others: number, signal: AbortSignal): Promise<void> {
    await this.#call("Unmount", { Name: name, ID: user }, signal);
  }

  async get(name: string, signal: AbortSignal): Promise<DriverVolume | undefined> {
    const { Volume } = await this.#call("Get", { Name: name }, signal);
    return Volume === null || Volume === undefined ? undefined : this.#volume(Volume);
  }

  async list(signal: AbortSignal): Promise<DriverVolume[]> {
    const { Volumes } = await this.client.call("VolumeDriver.List", {}, signal, { patient: false });
    if (Volumes === null || Volumes === undefined) return [];
    if (!Array.isArray(Volumes)) throw this.#lie("VolumeDriver.List", Volumes);
    return Volumes.map((each) => this.#volume(each));
  }

  #volume(value: unknown): DriverVolume {
    const { Name, Mountpoint, CreatedAt, Status } = (value ?? {}) as Record<string, unknown>;
    if (typeof Name !== "string" || Name === "") throw this.#lie("a volume", value);
    const hasStatus = typeof Status === "object" && Status !== null;
    return {
      name: Name,
      ...(typeof Mountpoint === "string" && Mountpoint !== "" ? { mountpoint: Mountpoint } : {}),
      ...(typeof CreatedAt === "string" ? { createdAt: CreatedAt } : {}),
      ...(hasStatus ? { status: Status as Record<string, unknown> } : {}),
    };
  }

  #lie(what: string, value: unknown): Error {
    const text = JSON.stringify(value)?.slice(0, 100);
    return systemError(`plugin ${this.name}: the answer for ${what} makes no sense: ${text}`);
  }

  async #call(method: string, body: unknown, signal: AbortSignal): Promise<Record<string, unknown>> {
    return await this.client.call(`VolumeDriver.${method}`, body, signal);
  }
}

/** What a plugin that was asked about a volume has to say: a failure of its own counts as a no, as with Docker. */
export async function ask(
  driver: VolumeDriver,
  name: string,
  signal: AbortSignal,
): Promise<{ volume?: DriverVolume; problem?: string }> {
  try {
    const volume = await driver.get(name, signal);
    return volume === undefined ? {} : { volume };
  } catch (error) {
    signal.throwIfAborted();
    return { problem: messageOf(error) };
  }
}
