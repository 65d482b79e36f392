import { existsSync, mkdirSync, statSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemError } from "../../errors/index.ts";
import { mount, unmount, unmountBelow } from "../../os/mount.ts";
import type { Snapshotter } from "../../snapshots/index.ts";
import type { Paths } from "../paths.ts";
import { Mutex } from "./mutex.ts";
import type { ContainerRecord } from "./record.ts";

/**
 * The root filesystems of containers, mounted while the container runs and while somebody looks into it. The
 * users of a mount are counted: the last one's end takes it away.
 */
export class RootFilesystems {
  private readonly users = new Map<string, number>();
  private readonly mutexes = new Map<string, Mutex>();

  constructor(
    private readonly snapshots: Snapshotter,
    private readonly paths: Paths,
  ) {}

  async prepare(id: string, chainId: string | undefined): Promise<void> {
    await this.snapshots.prepare(id, chainId);
  }

  /** Mounts a container's root filesystem, unless it is, and answers where. */
  async mount(record: RootRecord): Promise<string> {
    const { id } = record;
    const target = this.paths.container(id).rootfs;
    await this.exclusively(id, async () => {
      const users = this.users.get(id) ?? 0;
      if (users === 0) {
        // A power cut may take a snapshot away that was new then.
        if (!this.snapshots.has(id)) await this.prepare(id, record.image.chainId);
        mkdirSync(target, { recursive: true, mode: 0o755 });
        for (const what of this.snapshots.mounts(id, { volatile: isVolatile(record) })) mount(what, target);
      }
      this.users.set(id, users + 1);
    });
    return target;
  }

  /** Ends one use; the last one's unmounts. */
  async unmount(record: RootRecord): Promise<void> {
    const { id } = record;
    await this.exclusively(id, async () => {
      const users = this.users.get(id) ?? 0;
      if (users > 1) this.users.set(id, users - 1);
      else await this.forget(id, isVolatile(record));
    });
  }

  /**
   * Mounts an image on `target`, for a container's mount of this number. The snapshot is made by `prepareImage`; a
   * power cut may have taken it away.
   */
  async mountImage(
    id: string,
    mountNumber: number,
    chainId: string | undefined,
    target: string,
  ): Promise<void> {
    const key = await this.prepareImage(id, mountNumber, chainId);
    mkdirSync(target, { recursive: true });
    for (const what of this.snapshots.mounts(key)) mount(what, target);
  }

  /** Holds an image's layers for a container's mount, as long as the container lasts. Answers the snapshot's key. */
  async prepareImage(id: string, mountNumber: number, chainId: string | undefined): Promise<string> {
    const key = `${id}.${mountNumber}`;
    if (!this.snapshots.has(key)) await this.snapshots.view(key, chainId);
    return key;
  }

  /**
   * Deletes a bundle, with what is mounted for the container's mounts. Its mount point stays while somebody still looks into the root filesystem: what is mounted
   * there are the container's files.
   */
  async deleteBundle({ id }: Pick<RootRecord, "id">): Promise<void> {
    const { bundle, rootfs, mounts } = this.paths.container(id);
    await this.exclusively(id, async () => {
      // Else the files of users would be deleted that are mounted there.
      if (existsSync(mounts)) unmountBelow(mounts);
      const entries = this.users.has(id)
        ? (await readdir(bundle)).map((name) => join(bundle, name))
        : [bundle];
      for (const path of entries) {
        if (path !== rootfs) await rm(path, { recursive: true, force: true });
      }
    });
  }

  /** Counts the mount of a container that runs since a former engine. */
  adopt(id: string): void {
    this.users.set(id, (this.users.get(id) ?? 0) + 1);
  }

  /** For who reads only: nothing is written back at the end, also not what was written elsewhere on the disk. */
  async withMounted<T>(record: RootRecord, work: (rootfs: string) => Promise<T>): Promise<T> {
    const reading = { ...record, hostConfig: { ...record.hostConfig, AutoRemove: true } };
    const rootfs = await this.mount(reading);
    try {
      return await work(rootfs);
    } finally {
      await this.unmount(reading);
    }
  }

  /** Unmounts whatever is left and deletes the snapshot. Idempotent. */
  async remove(id: string): Promise<void> {
    await this.exclusively(id, async () => {
      // What is deleted next needs no writing back.
      await this.forget(id, true);
      const { mounts } = this.paths.container(id);
      if (existsSync(mounts)) unmountBelow(mounts);
      const own = [...this.snapshots.walk()].filter(({ key }) => ownerOf(key) === id);
      for (const { key } of own) await this.snapshots.remove(key);
    });
    this.mutexes.delete(id);
  }

  /** Ids of all containers that have a snapshot. */
  ids(): string[] {
    const owners = [...this.snapshots.walk()].map(({ key }) => ownerOf(key));
    return [...new Set(owners.filter((id) => id !== undefined))];
  }

  /** Bytes that the container has written, and those with its image's. */
  async sizes({ id }: RootRecord): Promise<{ SizeRw: number; SizeRootFs: number }> {
    let { size: total } = await this.snapshots.usage(id);
    const SizeRw = total;
    for (let parent = this.snapshots.stat(id).parent; parent !== undefined; ) {
      total += (await this.snapshots.usage(parent)).size;
      parent = this.snapshots.stat(parent).parent;
    }
    return { SizeRw, SizeRootFs: total };
  }

  /** The directories behind the mount, as Docker's overlay2 driver names them. */
  describe({ id }: RootRecord): Record<string, string> {
    const upper = this.snapshots.directory(id);
    return {
      LowerDir: this.snapshots.lowerDirectories(id).join(":"),
      MergedDir: this.paths.container(id).rootfs,
      UpperDir: upper,
      WorkDir: join(dirname(upper), "work"),
    };
  }

  private async forget(id: string, volatile: boolean): Promise<void> {
    this.users.delete(id);
    const target = this.paths.container(id).rootfs;
    // The last unmount of an overlay writes the file system below back, which may take its time: not here.
    if (!volatile && isMountPoint(target)) await unmountInChild(target);
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

type RootRecord = Pick<ContainerRecord, "id" | "hostConfig" | "image">;

/** What a container wrote that is removed at its end need not survive a power cut. */
const isVolatile = ({ hostConfig }: RootRecord): boolean => hostConfig.AutoRemove ?? false;

/** The container that a snapshot belongs to: one for its root, others for the images that it mounts. */
export const ownerOf = (key: string): string | undefined => /^([0-9a-f]{64})(?:\.\d+)?$/.exec(key)?.[1];

function isMountPoint(path: string): boolean {
  const inside = statSync(path, { throwIfNoEntry: false });
  return inside !== undefined && inside.dev !== statSync(dirname(path)).dev;
}

async function unmountInChild(target: string): Promise<void> {
  const child = Bun.spawn(["umount", "--lazy", target], { stdio: ["ignore", "ignore", "pipe"] });
  const [errors, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (code !== 0) throw systemError(`cannot unmount ${target}: ${errors.trim()}`);
}
