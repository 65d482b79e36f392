import { productVersion } from "../../api/product.ts";
import { invalid } from "../../errors/index.ts";
import { isCidr, parseEndpoint, type RegistryRule, type RegistrySettings } from "../../registry/index.ts";
import type { RawOptions } from "./flags.ts";

const certificates = ["/etc/slipway/certs.d", "/etc/docker/certs.d"];
const hub = "docker.io";

/** How registries are reached. What is not said of proxies is taken from the environment. */
export function registrySettings(
  raw: RawOptions = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RegistrySettings {
  const rules = Object.fromEntries(
    Object.entries(raw.registries ?? {}).map(([domain, rule]) => [domain, checkedRule(domain, rule)]),
  );
  const mirrors = [...new Set((raw["registry-mirror"] ?? []).map(checkedMirror))];
  if (mirrors.length > 0)
    rules[hub] = { ...rules[hub], mirrors: [...(rules[hub]?.mirrors ?? []), ...mirrors] };
  return {
    insecure: (raw["insecure-registry"] ?? []).map(insecureRegistry),
    rules,
    certificates: raw["certs-dir"] ?? certificates,
    proxies: proxies(raw, environment),
    userAgent: `slipway/${productVersion}`,
  };
}

/** How much goes on at once between this host and registries. */
export interface TransferSettings {
  /** Layers that come, and blobs that go, at once. */
  readonly downloads: number;
  readonly uploads: number;
  /** How often a request is tried. */
  readonly attempts: number;
}

export function transferSettings(raw: RawOptions = {}): TransferSettings {
  const count = (flag: "max-concurrent-downloads" | "max-concurrent-uploads" | "max-download-attempts") => {
    const value = raw[flag];
    if (value !== undefined && value < 1) throw invalid(`invalid ${flag}: ${value}: at least 1 is expected`);
    return value;
  };
  return {
    downloads: count("max-concurrent-downloads") ?? 3,
    uploads: count("max-concurrent-uploads") ?? 5,
    attempts: count("max-download-attempts") ?? 5,
  };
}

/** Docker takes `http://` in front as a slip. */
function insecureRegistry(text: string): string {
  const host = text.replace(/^https?:\/\//i, "");
  const valid = isCidr(host) || (/^[^/@?#\s]+$/.test(host) && URL.canParse(`http://${host}`));
  if (!valid) throw invalid(`insecure registry ${text} is not valid: use HOST[:PORT] or a CIDR`);
  return host;
}

function checkedMirror(text: string): string {
  const wrong = (why: string) => invalid(`invalid mirror: ${why} in ${JSON.stringify(text)}`);
  if (!/^https?:\/\//.test(text)) throw wrong("the scheme https:// or http:// is missing");
  if (/^https?:\/\/[^/]*@/.test(text)) throw wrong("username/password are not allowed");
  if (/[?#]/.test(text)) throw wrong("no query or fragment is allowed");
  parseEndpoint(text, true);
  return text;
}

const members: Readonly<Record<keyof RegistryRule, (value: unknown) => boolean>> = {
  mirrors: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  rewrite: (value) => typeof value === "string",
  blocked: (value) => typeof value === "boolean",
  insecure: (value) => typeof value === "boolean",
};

function checkedRule(domain: string, rule: unknown): RegistryRule {
  const where = `registries: ${domain}`;
  if (typeof rule !== "object" || rule === null || Array.isArray(rule))
    throw invalid(`${where}: must be an object with ${Object.keys(members).join(", ")}`);
  for (const [name, value] of Object.entries(rule)) {
    if (!Object.hasOwn(members, name)) throw invalid(`${where}: there is no "${name}"`);
    if (!members[name as keyof RegistryRule](value))
      throw invalid(`${where}: ${name} cannot be ${JSON.stringify(value)}`);
  }
  const { mirrors = [], rewrite } = rule as RegistryRule;
  for (const mirror of mirrors) parseEndpoint(mirror, true);
  if (rewrite !== undefined) parseEndpoint(rewrite, false);
  return rule;
}

function proxies(
  raw: RawOptions,
  environment: Readonly<Record<string, string | undefined>>,
): RegistrySettings["proxies"] {
  const given = (name: "http-proxy" | "https-proxy" | "no-proxy"): string => {
    const variable = name.toUpperCase().replace("-", "_");
    return raw[name] ?? environment[variable] ?? environment[variable.toLowerCase()] ?? "";
  };
  const [http, https, none] = [given("http-proxy"), given("https-proxy"), given("no-proxy")];
  for (const proxy of [http, https]) checkProxy(proxy);
  return { http, https, none };
}

function checkProxy(proxy: string): void {
  if (proxy === "") return;
  const url = proxy.includes("://") ? proxy : `http://${proxy}`;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw invalid(`invalid proxy ${withoutPassword(proxy)}: use http://HOST:PORT or https://HOST:PORT`);
}

/** A proxy's URL as it may be shown. */
export function withoutPassword(proxy: string): string {
  return proxy.replace(/^([a-z0-9]+:\/\/)?[^/@]*@/i, "$1xxxxx:xxxxx@");
}

/** What the options say of proxies is said to the programs that the engine starts, too, as dockerd does. */
export function exportProxies({ http, https, none }: RegistrySettings["proxies"]): void {
  for (const [name, value] of Object.entries({ HTTP_PROXY: http, HTTPS_PROXY: https, NO_PROXY: none })) {
    if (!value || process.env[name] === value) continue;
    process.env[name] = value;
    process.env[name.toLowerCase()] = value;
  }
}
