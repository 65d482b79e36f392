/** Under which credentials for docker.io are kept, for as long as there has been a Docker Hub. */
export const hubKey = "https://index.docker.io/v1/";

/** The name that credentials for a registry are kept under; `domain` as references have it. */
export function registryKey(domain: string): string {
  return domain === "docker.io" || domain === "index.docker.io" ? hubKey : domain;
}

/** The host and port of what people write for a registry: scheme and path are taken off. */
export function registryHost(address: string): string {
  return address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").split("/", 1)[0] ?? "";
}

/** Whether an address, perhaps with scheme and path, means the registry that `key` is for. */
export function isFor(address: string, key: string): boolean {
  return address === key || registryKey(registryHost(address)) === key;
}
