import type { Ulimit } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import { type OptionSpec, options } from "./options.ts";

/** Options as given, by flag name; absent means not given. */
export interface RawOptions {
  "add-runtime"?: Record<string, { path: string; args: string[] }>;
  bip?: string;
  bip6?: string;
  bridge?: string;
  "bridge-names"?: boolean;
  "certs-dir"?: string[];
  /** Checked by `buildCollection`. */
  "builder-gc"?: object;
  "cgroup-parent"?: string;
  "config-file"?: string;
  "data-root"?: string;
  "debian-keyring"?: string;
  "debian-mirror"?: string;
  debug?: boolean;
  "default-address-pool"?: { base: string; size: number }[];
  "default-gateway"?: string;
  "default-gateway-v6"?: string;
  "default-network-opt"?: Record<string, Record<string, string>>;
  "default-runtime"?: string;
  "default-shm-size"?: string;
  "default-ulimit"?: Ulimit[];
  dns?: string[];
  "dns-opt"?: string[];
  "dns-search"?: string[];
  "exec-root"?: string;
  "fixed-cidr"?: string;
  "fixed-cidr-v6"?: string;
  "firewall-backend"?: string;
  "firewall-mode"?: string;
  "gc-images"?: string;
  "gc-keep"?: string[];
  "gc-min-free-space"?: string;
  "gc-target-free-space"?: string;
  group?: string;
  host?: string[];
  "host-gateway-ip"?: string[];
  "http-proxy"?: string;
  "https-proxy"?: string;
  icc?: boolean;
  init?: boolean;
  "init-path"?: string;
  "insecure-registry"?: string[];
  ip?: string;
  "ip-masq"?: boolean;
  ip6tables?: boolean;
  iptables?: boolean;
  ipv6?: boolean;
  label?: string[];
  "live-restore"?: boolean;
  "log-driver"?: string;
  "log-format"?: string;
  "log-level"?: string;
  "log-opt"?: Record<string, string>;
  "max-concurrent-downloads"?: number;
  "max-concurrent-uploads"?: number;
  "max-download-attempts"?: number;
  "max-layer-size"?: string;
  mtu?: number;
  "no-proxy"?: string;
  pidfile?: string;
  /** By domain; checked by `registrySettings`. */
  registries?: Record<string, unknown>;
  "registry-htpasswd"?: string;
  "registry-insecure"?: boolean;
  "registry-listen"?: string;
  "registry-mirror"?: string[];
  "registry-prefix"?: string[];
  "registry-tls-cert"?: string;
  "registry-tls-key"?: string;
  "registry-writable"?: boolean;
  "shutdown-timeout"?: number;
  "storage-driver"?: string;
  "ubuntu-keyring"?: string;
  "ubuntu-mirror"?: string;
}

const specs = (options as readonly OptionSpec[]).filter(({ only }) => only !== "file");

/** Parses the arguments of `slipway daemon`. */
export function parseFlags(argv: string[]): RawOptions {
  const result: Record<string, unknown> = {};
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    const { name, value: attached } = split(argument);
    const spec = specs.find((candidate) => candidate.flag === name || candidate.shorthand === name);
    if (spec === undefined) throw invalid(`unknown flag: ${argument}\nSee 'slipway daemon --help'.`);
    let value = attached;
    if (value === undefined && spec.kind !== "boolean") {
      value = argv[++index];
      if (value === undefined) throw invalid(`flag needs an argument: --${spec.flag}`);
    }
    result[spec.flag] = accumulate(spec, result[spec.flag], value);
  }
  return result as RawOptions;
}

function split(argument: string): { name: string; value: string | undefined } {
  const match = /^(?:--([^=]+)|-([A-Za-z]))(?:=(.*))?$/s.exec(argument);
  if (match !== null) return { name: match[1] ?? match[2] ?? "", value: match[3] };
  const glued = /^-([A-Za-z])(.+)$/s.exec(argument);
  if (glued !== null) return { name: glued[1] ?? "", value: glued[2] };
  throw invalid(`slipway daemon takes no arguments: ${JSON.stringify(argument)}`);
}

function accumulate(spec: OptionSpec, before: unknown, text: string | undefined): unknown {
  switch (spec.kind) {
    case "boolean":
      return boolean(spec, text ?? "true");
    case "number":
      return number(spec, text ?? "");
    case "list":
      return [...((before as string[] | undefined) ?? []), ...(text ?? "").split(",")];
    case "map":
      return { ...(before as Record<string, string> | undefined), ...keyValue(spec, text ?? "") };
    case "maps": {
      const maps = (before as Record<string, Record<string, string>> | undefined) ?? {};
      const [[driver, option]] = Object.entries(keyValue(spec, text ?? "")) as [[string, string]];
      return { ...maps, [driver]: { ...maps[driver], ...keyValue(spec, option) } };
    }
    case "runtimes": {
      const [[name, path]] = Object.entries(keyValue(spec, text ?? "")) as [[string, string]];
      return { ...(before as object | undefined), [name]: { path, args: [] } };
    }
    case "pools":
      return [...((before as object[] | undefined) ?? []), pool(text ?? "")];
    case "ulimits":
      return [...((before as Ulimit[] | undefined) ?? []), ulimit(text ?? "")];
    default:
      return text;
  }
}

function boolean(spec: OptionSpec, text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw invalid(`invalid argument ${JSON.stringify(text)} for --${spec.flag}: use true or false`);
}

function number(spec: OptionSpec, text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isInteger(value)) {
    throw invalid(`invalid argument ${JSON.stringify(text)} for --${spec.flag}: use a whole number`);
  }
  return value;
}

function keyValue(spec: OptionSpec, text: string): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw invalid(`invalid argument ${JSON.stringify(text)} for --${spec.flag}: use name=value`);
  return { [text.slice(0, at)]: text.slice(at + 1) };
}

/** `base=10.10.0.0/16,size=24`. */
function pool(text: string): { base: string; size: number } {
  const fields = new Map(text.split(",").map((field) => field.split("=") as [string, string]));
  const base = fields.get("base");
  const size = Number(fields.get("size"));
  if (base === undefined || !Number.isInteger(size)) {
    throw invalid(`invalid default address pool ${JSON.stringify(text)}: use base=CIDR,size=BITS`);
  }
  return { base, size };
}

/** `nofile=1024:2048` or `nofile=1024`. */
function ulimit(text: string): Ulimit {
  const match = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text);
  if (match === null) throw invalid(`invalid ulimit argument: ${text}`);
  const soft = Number(match[2]);
  return { Name: match[1] ?? "", Soft: soft, Hard: match[3] === undefined ? soft : Number(match[3]) };
}

/** What `slipway daemon --help` prints. */
export function helpText(): string {
  const rows = specs.map((spec) => {
    const short = spec.shorthand === undefined ? "    " : `-${spec.shorthand}, `;
    return { left: `  ${short}--${spec.flag} ${spec.placeholder}`.trimEnd(), right: spec.description };
  });
  const width = Math.max(...rows.map((row) => row.left.length)) + 3;
  const lines = rows.map((row) => row.left.padEnd(width) + row.right);
  return `Usage:  slipway daemon [OPTIONS]\n\nThe engine: keeps images, containers, networks and volumes\n\nOptions:\n${lines.join("\n")}\n`;
}
