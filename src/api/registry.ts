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

/** `POST /registry/serve`, Slipway's own: the engine as a registry, for as long as the answer is read. */
export interface RegistryServeRequest {
  /** `address:port`; with port 0 any that is free. */
  Listen: string;
  /** PEM, with those of the authorities in between. */
  Certificate?: string;
  /** PEM. */
  Key?: string;
  /** What `htpasswd -B` writes: everything is for these users only. */
  Htpasswd?: string;
  /** Takes pushes and deletions, too. */
  Writable?: boolean;
  /** Plain HTTP on an address that others than this host can reach. */
  Insecure?: boolean;
  /** Only repositories that begin with one of these. */
  Prefixes?: string[];
}

/** One request that the registry has answered. */
export interface RegistryAccess {
  /** RFC 3339. */
  Time: string;
  /** `address:port` */
  Client: string;
  User?: string;
  Method: string;
  Path: string;
  Status: number;
  /** Bytes of the body; absent where there is none. */
  Bytes?: number;
  Agent?: string;
  /** What went wrong, or what somebody should know. */
  Note?: string;
}

/** A line of the answer: where it listens, first, and then each request. `Missed`: so many lines came too fast. */
/** `127.0.0.1:4000 alice "GET /v2/app/manifests/1" 200 1024`, and a remark. */
export function formatAccess({
  Client,
  User = "-",
  Method,
  Path,
  Status,
  Bytes,
  Note,
}: RegistryAccess): string {
  const note = Note === undefined ? "" : ` ${JSON.stringify(Note)}`;
  return `${Client} ${User} "${Method} ${Path}" ${Status} ${Bytes ?? "-"}${note}`;
}

export type RegistryServeMessage = { Listening: string } | { Access: RegistryAccess } | { Missed: number };
