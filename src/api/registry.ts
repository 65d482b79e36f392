import type { ImageDescriptor } from "./descriptor.ts";

/** What X-Registry-Auth carries, in base64url, and `POST /auth` in its body. */
export interface AuthConfig {
  username?: string;
  password?: string;
  /** `username:password` in base64; what configuration files have. */
  auth?: string;
  email?: string;
  serveraddress?: string;
  identitytoken?: string;
  registrytoken?: string;
}

export interface AuthResponse {
  Status: string;
  /** A refresh token to be kept instead of the password; empty when the registry gives none. */
  IdentityToken: string;
}

/** `GET /distribution/{name}/json`. */
export interface DistributionInspect {
  Descriptor: ImageDescriptor;
  Platforms: { architecture: string; os: string; variant?: string }[];
}

export interface SearchResult {
  name: string;
  description: string;
  star_count: number;
  is_official: boolean;
  is_automated: boolean;
}
