export interface Volume {
  Name: string;
  Driver: string;
  Mountpoint: string;
  CreatedAt: string;
  Labels: Record<string, string> | null;
  Scope: "local" | "global";
  /** What a plugin tells of its volume, at inspect. */
  Status?: Record<string, unknown>;
  Options: Record<string, string> | null;
  UsageData?: VolumeUsage;
}

export interface VolumeUsage {
  /** Bytes of the files, each counted once; -1 where they are not this host's. */
  Size: number;
  /** How many containers, running or not, mount it. */
  RefCount: number;
  /** Ours: what its snapshots have, counted alike, and without regard to what they share with the volume. */
  Snapshots?: { Count: number; Size: number };
  /** Ours: RFC3339, when a container last had it. */
  LastUsed?: string;
}

export interface VolumeCreateRequest {
  Name?: string;
  Driver?: string;
  DriverOpts?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

export interface VolumeListResponse {
  Volumes: Volume[];
  Warnings: string[] | null;
}

export interface VolumesPruneResponse {
  VolumesDeleted: string[] | null;
  SpaceReclaimed: number;
}

/** Ours: a state of a volume that is kept. */
export interface VolumeSnapshot {
  Name: string;
  /** RFC3339. */
  CreatedAt: string;
  Volume: string;
}
