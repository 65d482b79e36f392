import { arch, release } from "node:os";
import { apiVersion, minimumApiVersion, type VersionResponse } from "../../api/index.ts";
import { buildTime, gitCommit, productVersion } from "../../api/product.ts";

export interface RuntimeVersion {
  name: string;
  version: string;
  commit: string;
}

const goArchitectures: Record<string, string> = { x64: "amd64", ia32: "386" };

/** The CPU architecture by the name that OCI and Docker have for it. */
export function goArchitecture(): string {
  return goArchitectures[arch()] ?? arch();
}

/** GET /version. `GoVersion` is a field that every client expects; what it names is what runs us. */
export function version(runtimes: readonly RuntimeVersion[]): VersionResponse {
  const runtime = `bun${Bun.version}`;
  return {
    Platform: { Name: "slipway" },
    Components: [
      {
        Name: "Engine",
        Version: productVersion,
        Details: {
          ApiVersion: apiVersion,
          Arch: goArchitecture(),
          BuildTime: buildTime,
          Experimental: "false",
          GitCommit: gitCommit,
          GoVersion: runtime,
          KernelVersion: release(),
          MinAPIVersion: minimumApiVersion,
          Os: "linux",
        },
      },
      ...runtimes.map(({ name, version: Version, commit }) => ({
        Name: name,
        Version,
        Details: { GitCommit: commit },
      })),
    ],
    Version: productVersion,
    ApiVersion: apiVersion,
    MinAPIVersion: minimumApiVersion,
    GitCommit: gitCommit,
    GoVersion: runtime,
    Os: "linux",
    Arch: goArchitecture(),
    KernelVersion: release(),
    BuildTime: buildTime,
  };
}
