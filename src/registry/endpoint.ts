import { forbidden, invalid } from "../errors/index.ts";
import { ruleFor } from "./rules.ts";
import type { RegistrySettings } from "./settings.ts";

/** A place where a registry, or a mirror of it, is reached. */
export interface Endpoint {
  /** `name[:port]`. */
  readonly host: string;
  /** What stands before the repository's path: empty, or ends with a slash. */
  readonly prefix: string;
  /** Given by a mirror's URL; otherwise https, and for insecure registries what answers. */
  readonly scheme?: "http" | "https";
  readonly isMirror: boolean;
  /** What is said of the registry, wherever it is reached. */
  readonly insecure?: boolean;
}

/** Where Docker Hub, which is called docker.io, answers. */
const hub = { domain: "docker.io", host: "registry-1.docker.io" };

/** Mirrors first, the registry itself last. `forbidden` when the registry is blocked. */
export function endpointsOf(domain: string, settings: RegistrySettings): Endpoint[] {
  return [...mirrorsOf(domain, settings), originOf(domain, settings)];
}

/** The registry itself. */
export function originOf(domain: string, settings: RegistrySettings): Endpoint {
  const rule = ruleFor(domain, settings.rules);
  if (rule?.blocked) throw forbidden(`the registry ${domain} is blocked by this engine's configuration`);
  const endpoint =
    rule?.rewrite === undefined
      ? { host: domain === hub.domain ? hub.host : domain, prefix: "", isMirror: false }
      : parseEndpoint(rule.rewrite, false);
  return rule?.insecure === undefined ? endpoint : { ...endpoint, insecure: rule.insecure };
}

function mirrorsOf(domain: string, { rules }: RegistrySettings): Endpoint[] {
  return (ruleFor(domain, rules)?.mirrors ?? []).map((mirror) => parseEndpoint(mirror, true));
}

/** `https://mirror.example`, `mirror.example:5000/prefix`: `invalid` for whatever else. */
export function parseEndpoint(text: string, isMirror: boolean): Endpoint {
  const match = /^(?:(https?):\/\/)?((?:\[[^\]\s]+\]|[^/@?#:\s]+)(?::\d+)?)(\/[^?#\s]*)?$/.exec(text);
  if (match === null || !URL.canParse(`http://${match[2]}`)) {
    throw invalid(
      `invalid ${isMirror ? "mirror" : "location"} of a registry ${JSON.stringify(text)}: use [https://]HOST[:PORT][/PREFIX]`,
    );
  }
  const [, scheme, host = "", path = ""] = match;
  const prefix = path.replace(/^\/+|\/+$/g, "");
  return {
    host,
    prefix: prefix === "" ? "" : `${prefix}/`,
    isMirror,
    ...(scheme === "http" || scheme === "https" ? { scheme } : {}),
  };
}
