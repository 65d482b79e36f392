import { mkdirSync } from "node:fs";
import { type FileSystemMount, mount, unmount } from "../../os/mount.ts";
import type { Paths } from "../paths.ts";
import { Mutex } from "./mutex.ts";
import type { ContainerRecord } from "./record.ts";

/** The store of layered file systems, as containers use it. A container's writable snapshot has its id as the key. */
export interface SnapshotStore {
  /** Makes a writable snapshot on top of a committed one, or of nothing. */
  prepare(key: string, parent?: string): Promise<void>;
  /** What to mount to see the snapshot; nothing is mounted by it. */
  mounts(key: string): Promise<FileSystemMount[]>;
  /** Removes a snapshot; one that does not exist is fine. */
  remove(key: string): Promise<void>;
  /** Bytes of the snapshot's own files, and of all that is below it. */
  sizes(key: string): Promise<{ own: number; parents: number }>;
  /** Keys of the writable snapshots that exist. */
  writable(): Promise<string[]>;
}

/**
 * The root filesystems of containers, mounted while the container runs and while somebody looks into it. The
 * users of a mount are counted: the last one's end takes it away.
 */
export class RootFilesystems {
  private readonly users = new Map<string, number>();
  private readonly mutexes = new Map<string, Mutex>();

  constructor(
    private readonly snapshots: SnapshotStore,
    private readonly paths: Paths,
  ) {}

  async prepare(id: string, chainId: string | undefined): Promise<void> {
    await this.snapshots.prepare(id, chainId);
  }

  /** Mounts a container's root filesystem, unless it is, and answers where. */
  async mount({ id }: Pick<ContainerRecord, "id">): Promise<string> {
    const target = this.paths.container(id).rootfs;
    await this.exclusively(id, async () => {
      const users = this.users.get(id) ?? 0;
      if (users === 0) {
        mkdirSync(target, { recursive: true, mode: 0o755 });
        for (const what of await this.snapshots.mounts(id)) mount(what, target);
      }
      this.users.set(id, users + 1);
    });
    return target;
  }

  /** Ends one use; the last one's unmounts. */
  async unmount({ id }: Pick<ContainerRecord, "id">): Promise<void> {
    await this.exclusively(id, () => {
      const users = this.users.get(id) ?? 0;
      if (users > 1) this.users.set(id, users - 1);
      else this.forget(id);
    });
  }

  /** Counts the mount of a container that runs since a former engine. */
  adopt(id: string): void {
    this.users.set(id, (this.users.get(id) ?? 0) + 1);
  }

  async withMounted<T>(
    record: Pick<ContainerRecord, "id">,
    work: (rootfs: string) => Promise<T>,
  ): Promise<T> {
    const rootfs = await this.mount(record);
    try {
      return await work(rootfs);
    } finally {
      await this.unmount(record);
    }
  }

  /** Unmounts whatever is left and deletes the snapshot. Idempotent. */
  async remove(id: string): Promise<void> {
    await this.exclusively(id, async () => {
      this.forget(id);
      await this.snapshots.remove(id);
    });
    this.mutexes.delete(id);
  }

  /** Ids of all containers that have a snapshot. */
  async ids(): Promise<string[]> {
    return await this.snapshots.writable();
  }

  async sizes({ id }: Pick<ContainerRecord, "id">): Promise<{ SizeRw: number; SizeRootFs: number }> {
    const { own, parents } = await this.snapshots.sizes(id);
    return { SizeRw: own, SizeRootFs: own + parents };
  }

  /** The directories behind the mount, as Docker's overlay2 driver names them. */
  async describe({ id }: Pick<ContainerRecord, "id">): Promise<Record<string, string>> {
    const [overlay] = await this.snapshots.mounts(id);
    const named: Record<string, string> = { lowerdir: "LowerDir", upperdir: "UpperDir", workdir: "WorkDir" };
    const data: Record<string, string> = { MergedDir: this.paths.container(id).rootfs };
    for (const option of overlay?.options ?? []) {
      const at = option.indexOf("=");
      const name = named[option.slice(0, at)];
      if (name !== undefined) data[name] = option.slice(at + 1);
    }
    return data;
  }

  private forget(id: string): void {
    this.users.delete(id);
    const target = this.paths.container(id).rootfs;
    // A mount may lie on another's left by an engine that was killed in between.
    while (unmount(target));
  }

  private async exclusively<T>(id: string, work: () => Promise<T> | T): Promise<T> {
    let mutex = this.mutexes.get(id);
    if (mutex === undefined) {
      mutex = new Mutex();
      this.mutexes.set(id, mutex);
    }
    return await mutex.run(work);
  }
}
