/** An OCI content descriptor (image-spec, descriptor.md) of an image. */
export interface ImageDescriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: { architecture: string; os: string; variant?: string };
  annotations?: Record<string, string>;
}
