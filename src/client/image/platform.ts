/** What an image is for, as OCI has it. */
export interface PlatformQuery {
  os: string;
  architecture: string;
  variant?: string;
}

/** How parameters of images' verbs name a platform: in JSON. */
export function platformQuery(platform: PlatformQuery | undefined): string | undefined {
  return platform === undefined ? undefined : JSON.stringify(platform);
}
