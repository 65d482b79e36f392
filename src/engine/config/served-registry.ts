import { invalid } from "../../errors/index.ts";
import type { RawOptions } from "./flags.ts";

/** How the engine offers its images as a registry for as long as it runs. Files are named by absolute paths. */
export interface ServedRegistrySettings {
  /** `address:port` */
  readonly listen: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly htpasswd?: string;
  readonly writable: boolean;
  readonly insecure: boolean;
  readonly prefixes: readonly string[];
}

const files = {
  tlsCert: "registry-tls-cert",
  tlsKey: "registry-tls-key",
  htpasswd: "registry-htpasswd",
} as const;
const others = ["registry-insecure", "registry-prefix", "registry-writable"] as const;

/** Undefined unless it is said where to listen; `invalid` for what says how, but not where. */
export function servedRegistry(raw: RawOptions): ServedRegistrySettings | undefined {
  const listen = raw["registry-listen"];
  if (listen === undefined) {
    const idle = [...Object.values(files), ...others].find((flag) => raw[flag] !== undefined);
    if (idle === undefined) return undefined;
    throw invalid(
      `${idle} is for the engine's registry, which is not served: say registry-listen ADDRESS:PORT`,
    );
  }
  const paths = Object.entries(files).flatMap(([name, flag]) => {
    const path = raw[flag];
    if (path === undefined) return [];
    if (!path.startsWith("/")) throw invalid(`${flag} must be an absolute path, not ${JSON.stringify(path)}`);
    return [[name, path]];
  });
  return {
    listen,
    ...Object.fromEntries(paths),
    writable: raw["registry-writable"] ?? false,
    insecure: raw["registry-insecure"] ?? false,
    prefixes: raw["registry-prefix"] ?? [],
  };
}
