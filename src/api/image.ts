import type { ContainerConfig } from "./container.ts";
import type { ImageDescriptor } from "./descriptor.ts";

export interface ImageSummary {
  Id: string;
  ParentId: string;
  RepoTags: string[];
  RepoDigests: string[];
  Created: number;
  Size: number;
  /** -1: not calculated. */
  SharedSize: number;
  VirtualSize?: number;
  Labels: Record<string, string> | null;
  Containers: number;
  Descriptor?: ImageDescriptor;
  Manifests?: ImageManifestSummary[];
}

/** A manifest that an image leads to; sizes in bytes. */
export interface ImageManifestSummary {
  /** Digest of the manifest. */
  ID: string;
  Descriptor: ImageDescriptor;
  /** All of it is here. */
  Available: boolean;
  /** `Content`: the blobs. `Total`: with the unpacked layers. */
  Size: { Content: number; Total: number };
  Kind: "image" | "attestation" | "unknown";
  ImageData?: {
    Platform: { architecture: string; os: string; variant?: string };
    Size: { Unpacked: number };
    /** Ids. */
    Containers: string[];
  };
  /** `For`: digest of the manifest that it is about. */
  AttestationData?: { For: string };
}

export interface ImageInspect {
  Id: string;
  RepoTags: string[];
  RepoDigests: string[];
  Parent: string;
  Comment: string;
  Created: string;
  DockerVersion: string;
  Author: string;
  Config: ContainerConfig;
  Architecture: string;
  Variant?: string;
  Os: string;
  Size: number;
  VirtualSize?: number;
  GraphDriver: { Name: string; Data: Record<string, string> | null };
  RootFS: { Type: string; Layers: string[] };
  Metadata: { LastTagTime: string };
  Descriptor?: ImageDescriptor;
  Manifests?: ImageManifestSummary[];
}

export interface ImageHistoryItem {
  Id: string;
  Created: number;
  CreatedBy: string;
  Tags: string[] | null;
  Size: number;
  Comment: string;
}

export type ImageDeleteItem = { Untagged: string } | { Deleted: string };

export interface ImagesPruneResponse {
  ImagesDeleted: ImageDeleteItem[] | null;
  SpaceReclaimed: number;
}
