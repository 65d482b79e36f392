/** Images by id and by name: which blobs and layers they consist of, and how they descend from each other. */
export { type Artifact, ArtifactStore } from "./artifacts.ts";
export { Image, type ImageRecord } from "./image.ts";
export { type Addition, ImageStore } from "./store.ts";
export { Target, type TargetManifest, type TargetRecord } from "./target.ts";
