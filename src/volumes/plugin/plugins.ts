import { messageOf, notFound, systemError } from "../../errors/index.ts";
import type { VolumeDriver } from "../model.ts";
import { PluginClient } from "./client.ts";
import { findPlugin, type PluginAddress, type PluginDirectories, pluginNames } from "./discovery.ts";
import { PluginDriver } from "./driver.ts";

/** The volume plugins of this host. Each is activated when it is needed first, and anew when it listens elsewhere. */
export class Plugins {
  readonly #drivers = new Map<string, { where: string; driver: VolumeDriver }>();

  constructor(
    private readonly directories: PluginDirectories,
    /** How long a call may take, in milliseconds. */
    private readonly limit?: number,
  ) {}

  /** Docker's answers: `notFound` when there is no such plugin, `system` when it has no volumes. */
  async driver(name: string, signal: AbortSignal): Promise<VolumeDriver> {
    const plugin = await findPlugin(name, this.directories);
    if (plugin === undefined)
      throw notFound(`error looking up volume plugin ${name}: plugin "${name}" not found`);
    const driver = await this.#activate(plugin, signal);
    if (driver !== undefined) return driver;
    throw systemError(
      `error looking up volume plugin ${name}: legacy plugin: Plugin does not implement the requested driver: plugin="${name}", requested implementation="VolumeDriver"`,
    );
  }

  /** All that have volumes; `problems` says which could not be asked. */
  async all(signal: AbortSignal): Promise<{ drivers: VolumeDriver[]; problems: string[] }> {
    const problems: string[] = [];
    const names = await pluginNames(this.directories);
    const drivers = names.map(async (name) => {
      try {
        const plugin = await findPlugin(name, this.directories);
        return plugin === undefined ? undefined : await this.#activate(plugin, signal, false);
      } catch (error) {
        signal.throwIfAborted();
        problems.push(messageOf(error));
        return undefined;
      }
    });
    const found = await Promise.all(drivers);
    return { drivers: found.filter((driver) => driver !== undefined), problems };
  }

  async #activate(
    plugin: PluginAddress,
    signal: AbortSignal,
    patient = true,
  ): Promise<VolumeDriver | undefined> {
    const where = JSON.stringify(plugin);
    const known = this.#drivers.get(plugin.name);
    if (known?.where === where) return known.driver;
    const client = new PluginClient(plugin, this.limit);
    const { Implements } = await client.call("Plugin.Activate", {}, signal, { patient });
    if (!Array.isArray(Implements) || !Implements.includes("VolumeDriver")) return undefined;
    const driver = new PluginDriver(plugin.name, client);
    this.#drivers.set(plugin.name, { where, driver });
    return driver;
  }
}
