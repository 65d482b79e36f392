import type { SavedImage } from "./saved.ts";

/** `result`: only what the image is in the end, without times, layers and history. */
export type Scope = "all" | "no history" | "result";

/** Each line one difference: where, what the first has, what the second has. */
export function differences(ours: SavedImage, theirs: SavedImage, scope: Scope): string[] {
  const found: string[] = [];
  const compare = (place: string, a: unknown, b: unknown) => {
    const [mine, other] = [JSON.stringify(a) ?? "-", JSON.stringify(b) ?? "-"];
    if (mine !== other) found.push(`${place}: ${mine} / ${other}`);
  };
  for (const field of ["architecture", "os", "author", "variant"])
    compare(field, ours.config[field] || undefined, theirs.config[field] || undefined);
  const [mine, other] = [ours.config.config ?? {}, theirs.config.config ?? {}];
  for (const field of new Set([...Object.keys(mine), ...Object.keys(other)])) {
    if (passing.has(field)) continue;
    compare(`config.${field}`, told(mine[field]), told(other[field]));
  }
  if (scope !== "result")
    compare("layers", ours.config.rootfs.diff_ids.length, theirs.config.rootfs.diff_ids.length);
  if (scope === "all") {
    for (let step = 0; step < Math.max(ours.config.history.length, theirs.config.history.length); step++)
      compare(`history ${step}`, entry(ours.config.history[step]), entry(theirs.config.history[step]));
  }
  for (const path of [...new Set([...ours.files.keys(), ...theirs.files.keys()])].sort())
    compare(path || "/", looks(ours.files.get(path), scope), looks(theirs.files.get(path), scope));
  return found;
}

function looks(description: string | undefined, scope: Scope): string | undefined {
  return scope === "result" ? description?.replace(/ (now|\d{4}-\S*)(?= |$)/, "") : description;
}

/** What the classic builder notes of the container that it committed. */
const passing = new Set(["Image", "Hostname", "Domainname", "AttachStdin", "AttachStdout", "AttachStderr"]);

function entry(step: Record<string, unknown> | undefined) {
  if (step === undefined) return undefined;
  const { created_by, comment, empty_layer, author } = step;
  return { created_by: asBefore(String(created_by)), comment, empty_layer: empty_layer === true, author };
}

/** As BuildKit wrote it in Docker 20.10: without options of COPY, in other forms of EXPOSE and HEALTHCHECK. */
function asBefore(createdBy: string): string {
  return createdBy
    .replace(/^(COPY|ADD)(?: --(?:chown|chmod)=\S+)+/, "$1")
    .replace(/^EXPOSE .*/, "EXPOSE")
    .replace(/^HEALTHCHECK .*/, "HEALTHCHECK")
    .replace(/^(ARG \w+(?: \w+)*)=.*/, "$1")
    .replace(/^(WORKDIR .*[^/])\/$/, "$1")
    .replace(/^RUN \|\d+ .*? \/bin\/sh/, "RUN |… /bin/sh");
}

/** Engines differ in how they write that there is nothing. */
function told(value: unknown): unknown {
  if (value === null || value === "" || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (typeof value !== "object") return value;
  const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
