/** What the engine keeps of a volume, whoever its driver is. */
export interface VolumeRecord {
  readonly name: string;
  /** `local`, or the plugin's name. */
  readonly driver: string;
  /** RFC3339; of a plugin's volume, when it was first heard of. */
  readonly createdAt: string;
  readonly labels: Record<string, string>;
  readonly options: Record<string, string>;
  /** Of a plugin's volume: RFC3339, when a container last had it. */
  readonly lastUsed?: string;
}

/** `global` volumes are the same ones on every host that the driver serves. */
export type Scope = "local" | "global";

/** What a driver says of a volume of its own. */
export interface DriverVolume {
  name: string;
  /** Where it is on this host; empty while it is nowhere. */
  mountpoint?: string;
  /** RFC3339. */
  createdAt?: string;
  /** Whatever the driver wants to tell. */
  status?: Record<string, unknown>;
}

/**
 * Where volumes come from: this host's disk and what it can mount (`local`), or a plugin. Nobody calls a driver twice at
 * once for one volume. Every call ends in bounded time, and at once with its signal.
 */
export interface VolumeDriver {
  readonly name: string;
  scope(signal: AbortSignal): Promise<Scope>;
  /** `invalid` for names and options that the driver does not take. */
  create(volume: VolumeRecord, signal: AbortSignal): Promise<void>;
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Called once for each user (a container's id), beside `others`; answers the absolute path where the files are. */
  mount(name: string, user: string, others: number, signal: AbortSignal): Promise<string>;
  /** The end of one user. `others` are left. */
  unmount(name: string, user: string, others: number, signal: AbortSignal): Promise<void>;
  /** Undefined when the driver has no such volume. */
  get(name: string, signal: AbortSignal): Promise<DriverVolume | undefined>;
  list(signal: AbortSignal): Promise<DriverVolume[]>;
}
