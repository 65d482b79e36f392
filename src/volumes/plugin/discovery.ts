import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { errnoOf, messageOf, systemError } from "../../errors/index.ts";

/** Where plugins are looked for: sockets `NAME.sock`, and files `NAME.spec` or `NAME.json` that say where they listen. */
export interface PluginDirectories {
  sockets: readonly string[];
  specs: readonly string[];
}

/** Docker's. */
export const dockerDirectories: PluginDirectories = {
  sockets: ["/run/docker/plugins"],
  specs: ["/etc/docker/plugins", "/usr/lib/docker/plugins"],
};

export interface PluginAddress {
  name: string;
  /** `unix:///path`, `tcp://host:port`, `http://…` or `https://…`. */
  address: string;
  tls?: { insecure: boolean; ca?: string; certificate?: string; key?: string };
}

/** Where a plugin listens; undefined when there is none of that name. Not waited for, other than in Docker. */
export async function findPlugin(
  name: string,
  { sockets, specs }: PluginDirectories,
): Promise<PluginAddress | undefined> {
  // The name becomes part of paths.
  if (name === "" || name.includes("/") || name.startsWith(".")) return undefined;
  for (const path of candidates(sockets, name, ".sock")) {
    if ((await kindOf(path)) === "socket") return { name, address: `unix://${path}` };
  }
  for (const directory of specs) {
    for (const path of [".spec", ".json"].flatMap((extension) => candidates([directory], name, extension))) {
      if ((await kindOf(path)) === "file") return await readSpecification(name, path);
    }
  }
  return undefined;
}

/** The names of all plugins, of whatever kind. */
export async function pluginNames({ sockets, specs }: PluginDirectories): Promise<string[]> {
  const found = await Promise.all([
    ...sockets.map((directory) => namesIn(directory, [".sock"])),
    ...specs.map((directory) => namesIn(directory, [".spec", ".json"])),
  ]);
  return [...new Set(found.flat())].sort();
}

async function namesIn(directory: string, extensions: string[]): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return [];
    throw error;
  });
  const names = entries.map(async (entry) => {
    const extension = extname(entry.name);
    if (!entry.isDirectory()) return extensions.includes(extension) ? basename(entry.name, extension) : "";
    const inside = extensions.map((each) => kindOf(join(directory, entry.name, `${entry.name}${each}`)));
    return (await Promise.all(inside)).some((kind) => kind !== undefined) ? entry.name : "";
  });
  return (await Promise.all(names)).filter((name) => name !== "");
}

const candidates = (directories: readonly string[], name: string, extension: string): string[] =>
  directories.flatMap((directory) => [
    join(directory, `${name}${extension}`),
    join(directory, name, `${name}${extension}`),
  ]);

async function kindOf(path: string): Promise<"socket" | "file" | undefined> {
  try {
    const status = await stat(path);
    return status.isSocket() ? "socket" : "file";
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

interface Specification {
  Addr?: string;
  TLSConfig?: { InsecureSkipVerify?: boolean; CAFile?: string; CertFile?: string; KeyFile?: string } | null;
}

async function readSpecification(name: string, path: string): Promise<PluginAddress> {
  const text = await readFile(path, "utf8");
  if (!path.endsWith(".json")) return { name, address: checkAddress(text.trim(), path) };
  let specification: Specification;
  try {
    specification = JSON.parse(text) as Specification;
  } catch (cause) {
    throw systemError(`the plugin specification ${path} is no JSON: ${messageOf(cause)}`, { cause });
  }
  const address = checkAddress(specification.Addr ?? "", path);
  const { TLSConfig } = specification;
  if (!TLSConfig) return { name, address };
  const { InsecureSkipVerify = false, CAFile, CertFile, KeyFile } = TLSConfig;
  const tls = {
    insecure: InsecureSkipVerify || !CAFile,
    ...(CAFile ? { ca: CAFile } : {}),
    ...(CertFile ? { certificate: CertFile } : {}),
    ...(KeyFile ? { key: KeyFile } : {}),
  };
  return { name, address, tls };
}

function checkAddress(address: string, path: string): string {
  if (/^(unix:\/\/\/|(tcp|https?):\/\/[^/])/.test(address)) return address;
  throw systemError(
    `the plugin specification ${path} names no address: ${JSON.stringify(address)} (unix:///path, tcp://host:port, http:// or https://)`,
  );
}
