import type { ImageDeleteItem } from "./image.ts";

/* Slipway's own endpoints about what it stores; Docker has none of these. */

/** Something that `POST /system/check` found wrong. */
export interface StoreProblem {
  Subject: "database" | "blob" | "image" | "layer" | "container" | "volume" | "leftover";
  /** A digest, a chain ID, a container's id, a volume's name, or a path below the data root. */
  Id: string;
  Problem: string;
  /** Names, or ids where there is none, of the images that it affects. */
  Images: string[];
  /** Names of the containers that it affects. */
  Containers: string[];
  Repaired: boolean;
  /** What was done about it, or what the user can do. */
  Remedy: string;
}

export interface StoreReport {
  Checked: { Blobs: number; Images: number; Layers: number; Containers: number; Volumes: number };
  Problems: StoreProblem[];
  Repaired: number;
  Remaining: number;
}

/** The `aux` of messages of `POST /system/check`: each problem once it is known, and in the end the report. */
export type StoreCheckAux = { Problem: StoreProblem } | { Report: StoreReport };

/** GET /system/store: allocated bytes below the data root, each inode once; they add up to what `du` says. */
export interface StoreUsage {
  Root: string;
  /** Compressed content by digest. */
  Blobs: number;
  PartialDownloads: number;
  /** Unpacked layers of images. */
  Layers: number;
  /** What containers wrote, with their logs. */
  Containers: number;
  Volumes: number;
  /** Records of images and containers, and directories. */
  Metadata: number;
  Total: number;
  /** Of the file system that the data root lies on; what only root may use does not count as free. */
  FreeSpace: number;
  FileSystemSize: number;
}

/** GET /system/prune: what the prunes would delete, in their words. */
export interface PrunePreview {
  ContainersDeleted: string[];
  /** Names. */
  NetworksDeleted: string[];
  VolumesDeleted: string[];
  ImagesDeleted: ImageDeleteItem[];
  SpaceReclaimed: number;
}

/** An image that the collection took away, or would. */
export interface CollectedImage {
  Id: string;
  Names: string[];
  /** RFC 3339; empty when nobody knows. */
  LastUsed: string;
  /** Bytes of its blobs and layers that nothing else uses. */
  Size: number;
}

/** POST /system/gc. */
export interface CollectReport {
  /** Free bytes before, and how many are to be free; nothing is collected when there are. */
  FreeSpace: number;
  Target: number;
  Images: CollectedImage[];
  /** Bytes of leftovers and abandoned downloads. */
  Leftovers: number;
  /** Bytes of what builds keep. */
  BuildCache: number;
  SpaceReclaimed: number;
  /** What may not go although the target was not reached, and why. */
  Kept: { Id: string; Names: string[]; Reason: string }[];
}

/** GET /images/tree: layers that lie on each other, from those that lie on nothing upwards. */
export interface ImageTree {
  Roots: ImageTreeNode[];
  /** Images without layers. */
  Empty: ImageTreeImage[];
  /** Bytes of layers that several images have, and of those that one has. */
  Shared: number;
  Unique: number;
}

export interface ImageTreeNode {
  ChainId: string;
  DiffId: string;
  /** Bytes, unpacked. */
  Size: number;
  /** How many images have this layer. */
  ImageCount: number;
  /** Those that end with it. */
  Images: ImageTreeImage[];
  Children: ImageTreeNode[];
}

export interface ImageTreeImage {
  Id: string;
  Names: string[];
  Size: number;
  /** Bytes of the layers that no other image has. */
  UniqueSize: number;
}

/** A line of GET /images/{name}/diff: one file, in the order of their paths. */
export interface ImageDifference {
  Path: string;
  /** 0: changed, 1: added, 2: removed, as in the changes of containers. */
  Kind: 0 | 1 | 2;
  Type: "file" | "directory" | "symlink" | "other";
  /** Bytes before and after; absent where it is not there or is no file. */
  From?: number;
  To?: number;
  /** Of what changed: `type`, `content`, `mode`, `owner`, `target`, `device`, `attributes`. */
  Changes?: string[];
}
