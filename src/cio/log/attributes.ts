import { hostname } from "node:os";
import { invalid, messageOf } from "../../errors/index.ts";
import type { LoggedContainer } from "./driver.ts";
import type { LogOptions } from "./options.ts";

const SHORT_ID = 12;
const TEMPLATE = /\{\{\s*\.(\w+)\s*\}\}/g;

const tagFields: Record<string, (c: LoggedContainer) => string> = {
  ID: (c) => c.id.slice(0, SHORT_ID),
  FullID: (c) => c.id,
  Name: (c) => c.name.replace(/^\//, ""),
  Command: (c) => c.command.join(" "),
  ImageID: (c) => c.imageId.replace(/^sha256:/, "").slice(0, SHORT_ID),
  ImageFullID: (c) => c.imageId,
  ImageName: (c) => c.imageName,
  DaemonName: () => "slipway",
  Hostname: () => hostname(),
};

/** Throws `invalid` for a tag template or a regular expression that cannot work. */
export function checkAttributeOptions(options: LogOptions): void {
  for (const name of ["env-regex", "labels-regex"]) compile(name, options[name]);
  for (const [, field] of (options.tag ?? "").matchAll(TEMPLATE)) tagField(field!);
  if (/\{\{/.test((options.tag ?? "").replaceAll(TEMPLATE, ""))) {
    throw invalid(`invalid log tag template '${options.tag}'; fields are written like {{.Name}}`);
  }
}

/** The attributes that each log entry carries: chosen labels and variables, and the tag. Keys are sorted. */
export function attributesOf(options: LogOptions, container: LoggedContainer): Record<string, string> {
  const env = Object.fromEntries(
    container.env.filter((pair) => pair.includes("=")).map((pair) => split(pair, pair.indexOf("="))),
  );
  const chosen = {
    ...choose(container.labels, options.labels, compile("labels-regex", options["labels-regex"])),
    ...choose(env, options.env, compile("env-regex", options["env-regex"])),
  };
  const tag = options.tag?.replaceAll(TEMPLATE, (_, field: string) => tagField(field)(container));
  if (tag) chosen.tag = tag;
  return Object.fromEntries(Object.entries(chosen).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function choose(
  from: Readonly<Record<string, string>>,
  names: string | undefined,
  pattern: RegExp | undefined,
): Record<string, string> {
  const wanted = new Set(names?.split(","));
  return Object.fromEntries(Object.entries(from).filter(([key]) => wanted.has(key) || pattern?.test(key)));
}

function split(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}

function tagField(name: string): (c: LoggedContainer) => string {
  const field = Object.hasOwn(tagFields, name) ? tagFields[name] : undefined;
  if (field) return field;
  throw invalid(`unknown field '${name}' in the log tag; there are: ${Object.keys(tagFields).join(", ")}`);
}

function compile(name: string, pattern: string | undefined): RegExp | undefined {
  if (!pattern) return undefined;
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw invalid(`invalid value for ${name}: ${messageOf(error)}`);
  }
}
