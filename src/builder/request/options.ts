import type { BuildRequest } from "../../api/build.ts";
import { invalid } from "../../errors/index.ts";
import { parsePlatform } from "../../oci/platform.ts";
import type { FoundDockerfile } from "../context/dockerfile.ts";
import type { FrontendOptions, NamedContext } from "../dockerfile/index.ts";

const entitlements = new Set(["network.host", "security.insecure"]);

/** A request in the front end's words. */
export function frontendOptions(
  request: BuildRequest,
  named: ReadonlyMap<string, NamedContext>,
  { text, ignore }: FoundDockerfile,
): FrontendOptions {
  const contexts = new Map(named);
  const main = contexts.get("context");
  if (main?.kind === "local") contexts.set("context", { ...main, ignore });
  const { network, name } = networkOf(request.Network ?? "default");
  return {
    filename: request.Dockerfile.Name,
    text,
    targets: request.Targets ?? [],
    platforms: (request.Platforms ?? []).map(parsePlatform),
    buildArgs: request.BuildArgs ?? {},
    labels: request.Labels ?? {},
    contexts,
    noCache: request.NoCache ?? false,
    noCacheFilter: request.NoCacheFilter ?? [],
    pull: request.Pull ?? false,
    network,
    limits: { ...request.Limits, ...(name === undefined ? {} : { networkName: name }) },
    // Whoever says so of all steps need not say it twice.
    entitlements: new Set([
      ...(request.Allow ?? []).map(entitlement),
      ...(network === "host" ? (["network.host"] as const) : []),
    ]),
    proxies: [],
  };
}

function networkOf(given: string): { network: FrontendOptions["network"]; name?: string } {
  if (given === "none" || given === "host") return { network: given };
  if (["", "default", "bridge"].includes(given)) return { network: "default" };
  if (given.startsWith("container:")) throw invalid(`builds cannot use the network of a container: ${given}`);
  return { network: "default", name: given };
}

function entitlement(name: string): "network.host" | "security.insecure" {
  if (!entitlements.has(name))
    throw invalid(`unknown entitlement ${name}: there are ${[...entitlements].join(" and ")}`);
  return name as "network.host" | "security.insecure";
}
