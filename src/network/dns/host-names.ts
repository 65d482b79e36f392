/** Names under which a container finds the host, whatever its network: Docker Desktop's two, and ours. */
export const HOST_NAMES = [
  "host.docker.internal",
  "gateway.docker.internal",
  "host.slipway.internal",
] as const;

const hostNames = new Set<string>(HOST_NAMES);

/** Expects lower case. */
export const isHostName = (name: string): boolean => hostNames.has(name);
