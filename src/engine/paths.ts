import { join } from "node:path";

/** Where the engine keeps what. Container files lie where Docker has them, so that log agents find them. */
export class Paths {
  constructor(
    private readonly dataRoot: string,
    private readonly execRoot: string,
  ) {}

  get metastore(): string {
    return join(this.dataRoot, "state.db");
  }

  get snapshots(): string {
    return join(this.dataRoot, "snapshots");
  }

  get content(): string {
    return join(this.dataRoot, "content");
  }

  get volumes(): string {
    return join(this.dataRoot, "volumes");
  }

  get containers(): string {
    return join(this.dataRoot, "containers");
  }

  /** Pid files and exit files of the containers' parents. */
  get status(): string {
    return join(this.execRoot, "status");
  }

  /** A FIFO that a living engine holds open. */
  get alive(): string {
    return join(this.execRoot, "alive");
  }

  /** The OCI runtime's own state. */
  get runtimeState(): string {
    return join(this.execRoot, "runtime");
  }

  get bundles(): string {
    return join(this.execRoot, "containers");
  }

  /** What lasts as long as the container: its log, its files for /etc. */
  container(id: string): ContainerPaths {
    return new ContainerPaths(join(this.containers, id), join(this.bundles, id), id);
  }
}

export class ContainerPaths {
  constructor(
    readonly directory: string,
    /** The OCI bundle; made at start and gone after exit. */
    readonly bundle: string,
    private readonly id: string,
  ) {}

  /** The json-file driver's log. */
  get log(): string {
    return join(this.directory, `${this.id}-json.log`);
  }

  get hosts(): string {
    return join(this.directory, "hosts");
  }

  get hostname(): string {
    return join(this.directory, "hostname");
  }

  get resolvConf(): string {
    return join(this.directory, "resolv.conf");
  }

  /** Where sources of mounts are mounted that have to be changed first. */
  get mounts(): string {
    return join(this.bundle, "mounts");
  }

  /** What the container wrote to its copy-on-write mount of this number. */
  changes(mount: number): string {
    return join(this.directory, "changes", String(mount));
  }

  /** /dev/shm of containers that share it. */
  get shm(): string {
    return join(this.bundle, "shm");
  }

  get rootfs(): string {
    return join(this.bundle, "rootfs");
  }

  get config(): string {
    return join(this.bundle, "config.json");
  }
}
