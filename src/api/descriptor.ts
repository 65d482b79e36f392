/** An OCI content descriptor (image-spec, descriptor.md) of an image. */
export interface ImageDescriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: { architecture: string; os: string; variant?: string };
  annotations?: Record<string, string>;
}

/** The `aux` of a push that sent one image where its name stands for an index, as not all of that is here. */
export interface ManifestPushedInsteadOfIndex {
  manifestPushedInsteadOfIndex: true;
  originalIndex: ImageDescriptor;
  selectedManifest: ImageDescriptor;
}
