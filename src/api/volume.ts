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
  UsageData?: { Size: number; RefCount: number };
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
