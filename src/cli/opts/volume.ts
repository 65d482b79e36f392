import { resolve } from "node:path";
import { wrong } from "../local-error.ts";

/** `-v` values taken apart: what is bound from somewhere, and the anonymous volumes. */
export interface Volumes {
  Binds: string[] | null;
  Volumes: Record<string, object>;
}

/** Reads `-v` values: `/path`, `name:/path[:options]`, `/host/path:/path[:options]`. */
export function parseVolumes(specs: readonly string[]): Volumes {
  const binds: string[] = [];
  const volumes: Record<string, object> = {};
  for (const spec of specs) {
    const sections = split(spec);
    if (sections.length === 1) volumes[spec] = {};
    else binds.push(absolute(spec));
  }
  return { Binds: binds.length === 0 ? null : [...new Set(binds)], Volumes: volumes };
}

function split(spec: string): string[] {
  if (spec === "") throw wrong("invalid empty volume spec");
  if (spec.length <= 2) return [spec];
  const sections = spec.split(":");
  if (sections.includes("")) throw wrong(`invalid spec: ${spec}: empty section between colons`);
  if (sections.length > 3) throw wrong(`invalid spec: ${spec}: too many colons`);
  return sections;
}

/** A source that begins with a dot is a path from here: the engine has another working directory. */
function absolute(spec: string): string {
  if (!spec.startsWith(".")) return spec;
  const at = spec.indexOf(":");
  return `${resolve(spec.slice(0, at))}${spec.slice(at)}`;
}
