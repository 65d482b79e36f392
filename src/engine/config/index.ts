import type { LogConfig, Ulimit } from "../../api/index.ts";
import { logDriver } from "../../cio/index.ts";
import { invalid } from "../../errors/index.ts";
import type { RegistrySettings } from "../../registry/index.ts";
import { type Archives, archiveSettings } from "./archives.ts";
import { type BuildCollection, buildCollection } from "./build-collection.ts";
import { bytes } from "./bytes.ts";
import { type CollectionSettings, collectionSettings } from "./collection.ts";
import { readConfigFile } from "./file.ts";
import { parseFlags, type RawOptions } from "./flags.ts";
import { type NetworkConfig, networkConfig } from "./networks.ts";
import { registrySettings, type TransferSettings, transferSettings } from "./registry.ts";
import { type ServedRegistrySettings, servedRegistry } from "./served-registry.ts";

export { helpText } from "./flags.ts";
export type { ServedRegistrySettings } from "./served-registry.ts";

/** The engine's settings, complete and checked. Paths are absolute, sizes are bytes, times are seconds. */
export interface EngineConfig extends NetworkConfig {
  dataRoot: string;
  execRoot: string;
  hosts: string[];
  group: string;
  pidFile: string;
  dns: string[];
  dnsOptions: string[];
  dnsSearch: string[];
  ulimits: Ulimit[];
  runtimes: Record<string, { path: string; args: string[] }>;
  defaultRuntime: string;
  shmSize: number;
  init: boolean;
  initPath?: string;
  cgroupParent: string;
  log: Required<Pick<LogConfig, "Type">> & { Config: Record<string, string> };
  logLevel: LogLevel;
  logFormat: "text" | "json";
  debug: boolean;
  labels: string[];
  liveRestore: boolean;
  shutdownTimeout: number;
  /** What a layer may unpack to; without end when nothing was said. */
  maxLayerBytes: number;
  /** How layers are kept that are made from now on; empty: as EROFS images where that works. */
  storageDriver: StorageDriver;
  registry: RegistrySettings;
  transfers: TransferSettings;
  /** Absent: the engine is no registry. */
  servedRegistry?: ServedRegistrySettings;
  archives: Archives;
  gc: CollectionSettings;
  buildCollection: BuildCollection;
}

export const logLevels = ["debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof logLevels)[number];

const storageDrivers = ["erofs", "overlay2"] as const;
export type StorageDriver = (typeof storageDrivers)[number];

const defaultConfigFile = "/etc/slipway/daemon.json";
const defaultShmSize = 64 * 1024 * 1024;

/**
 * Reads the command line and the configuration file of `slipway daemon`. An option that both name is an
 * error, as with dockerd: which one wins should be nobody's guess.
 */
export function loadConfig(argv: string[]): EngineConfig {
  const flags = parseFlags(argv);
  const file = readConfigFile(flags["config-file"] ?? defaultConfigFile, flags["config-file"] !== undefined);
  const both = Object.keys(flags).filter((name) => name in file);
  if (both.length > 0) {
    const named = both.map(
      (name) => `${name}: (from flag: ${show(flags, name)}, from file: ${show(file, name)})`,
    );
    throw invalid(
      "unable to configure the engine: the following directives are specified both as a flag and in the " +
        `configuration file: ${named.join(", ")}`,
    );
  }
  return complete({ ...file, ...flags });
}

const show = (options: RawOptions, name: string) => JSON.stringify(options[name as keyof RawOptions]);

function complete(raw: RawOptions): EngineConfig {
  const execRoot = absolute(raw["exec-root"] ?? "/run/slipway", "exec-root");
  const config: EngineConfig = {
    dataRoot: absolute(raw["data-root"] ?? "/var/lib/slipway", "data-root"),
    execRoot,
    hosts: raw.host ?? [`unix://${execRoot}/slipway.sock`],
    group: raw.group ?? "docker",
    pidFile: raw.pidfile ?? `${execRoot}/slipway.pid`,
    ...networkConfig(raw),
    dns: raw.dns ?? [],
    dnsOptions: raw["dns-opt"] ?? [],
    dnsSearch: raw["dns-search"] ?? [],
    ulimits: raw["default-ulimit"] ?? [],
    runtimes: raw["add-runtime"] ?? {},
    defaultRuntime: raw["default-runtime"] ?? "",
    shmSize: raw["default-shm-size"] === undefined ? defaultShmSize : bytes(raw["default-shm-size"]),
    init: raw.init ?? false,
    cgroupParent: raw["cgroup-parent"] ?? "slipway",
    log: { Type: raw["log-driver"] ?? "json-file", Config: raw["log-opt"] ?? {} },
    logLevel: level(raw["log-level"] ?? (raw.debug ? "debug" : "info")),
    logFormat: format(raw["log-format"] ?? "text"),
    debug: raw.debug ?? false,
    labels: raw.label ?? [],
    liveRestore: raw["live-restore"] ?? false,
    shutdownTimeout: raw["shutdown-timeout"] ?? 15,
    maxLayerBytes:
      raw["max-layer-size"] === undefined ? Number.POSITIVE_INFINITY : bytes(raw["max-layer-size"]),
    storageDriver: storageDriver(raw["storage-driver"] ?? "overlay2"),
    registry: registrySettings(raw),
    transfers: transferSettings(raw),
    archives: archiveSettings(raw),
    gc: collectionSettings(raw),
    buildCollection: buildCollection(raw["builder-gc"]),
  };
  // Before anything of it is remembered in the data root.
  logDriver(config.log.Type).validate(config.log.Config);
  const served = servedRegistry(raw);
  if (served !== undefined) config.servedRegistry = served;
  if (raw["init-path"] !== undefined) config.initPath = raw["init-path"];
  return config;
}

function absolute(path: string, name: string): string {
  if (!path.startsWith("/")) throw invalid(`--${name} must be an absolute path, not ${JSON.stringify(path)}`);
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}

function level(value: string): LogLevel {
  const found = logLevels.find((name) => name === value);
  if (found === undefined)
    throw invalid(`invalid logging level: ${value} (use one of ${logLevels.join(", ")})`);
  return found;
}

function storageDriver(value: string): StorageDriver {
  const found = storageDrivers.find((name) => name === value);
  if (found === undefined)
    throw invalid(`invalid storage driver: ${value} (use one of ${storageDrivers.join(", ")})`);
  return found;
}

function format(value: string): "text" | "json" {
  if (value !== "text" && value !== "json") throw invalid(`invalid log format: ${value} (use text or json)`);
  return value;
}
