import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseSync } from "oxc-parser";

const source = resolve(import.meta.dir, "../src");

/** The house, lowest floor first: a room imports what is on floors below it, and nothing beside it unless allowed. */
const floors: string[][] = [
  ["errors", "api", "oci", "os"],
  ["content", "metastore", "events", "archive"],
  ["containers", "images", "registry", "snapshots", "layers", "volumes", "network", "runtime", "cio"],
  ["engine", "builder"],
  ["client", "server"],
  ["compose"],
  ["cli"],
  ["daemon"],
  ["main"],
];

/** Imports within one floor that the house allows. */
const sideways: Record<string, string[]> = {
  api: ["errors"],
  oci: ["errors"],
  os: ["errors"],
  archive: [],
  builder: ["engine"],
};

/** Rooms that may know only these others, whatever lies below them. */
const only: Record<string, string[]> = {
  client: ["api", "oci", "errors"],
  compose: ["client", "api", "oci", "errors"],
};

/** Rooms that must not appear below a room although they lie on a lower floor. */
const never: Record<string, string[]> = {
  cli: [
    "engine",
    "builder",
    "server",
    "metastore",
    "runtime",
    "network",
    "snapshots",
    "layers",
    "images",
    "cio",
    "volumes",
  ],
};

interface Edge {
  from: string;
  to: string;
}

function importsOf(file: string): string[] {
  const { module } = parseSync(file, readFileSync(file, "utf8"));
  const specifiers = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) => entry.entries.map((item) => item.moduleRequest?.value ?? "")),
    ...module.dynamicImports.map((entry) =>
      readFileSync(file, "utf8")
        .slice(entry.moduleRequest.start, entry.moduleRequest.end)
        .replace(/["'`]/g, ""),
    ),
  ];
  return [...new Set(specifiers)].filter((specifier) => specifier.startsWith("."));
}

/** Files outside src (package.json) belong to nobody. */
function edges(): Edge[] {
  const files = [...new Bun.Glob("**/*.ts").scanSync(source)].filter(
    (file) => !/\.test\.ts$|\/testing/.test(file),
  );
  return files.flatMap((file) =>
    importsOf(join(source, file)).map((specifier) => ({
      from: file,
      to: relative(source, resolve(dirname(join(source, file)), specifier)),
    })),
  );
}

/** main.ts and daemon/ are the composition root; every other file belongs to its folder. */
const room = (file: string): string => (file.includes("/") ? (file.split("/")[0] ?? "") : "main");
const floor = (name: string): number => floors.findIndex((rooms) => rooms.includes(name));

function breach({ from, to }: Edge): string | undefined {
  const [upper, lower] = [room(from), room(to)];
  if (to.startsWith("..") || upper === lower) return undefined;
  if (floor(upper) < 0) return `${from} is in no room of the house`;
  if (floor(lower) < 0) return `${from} imports ${to}, which is in no room of the house`;
  const allowed = only[upper];
  if (allowed !== undefined && !allowed.includes(lower))
    return `${from} → ${to}: ${upper}/ may only import ${allowed.join(", ")}`;
  if (never[upper]?.includes(lower)) return `${from} → ${to}: ${upper}/ must not know ${lower}/`;
  if (floor(upper) === floor(lower) && !sideways[upper]?.includes(lower))
    return `${from} → ${to}: both are on floor ${floor(upper)}`;
  if (floor(upper) < floor(lower)) return `${from} → ${to}: up from floor ${floor(upper)} to ${floor(lower)}`;
  return undefined;
}

/** A shortest path of files that leads back to where it began, if there is one. */
function cycle(all: Edge[]): string[] | undefined {
  const next = Map.groupBy(all, (edge) => edge.from);
  for (const start of next.keys()) {
    const seen = new Map<string, string>();
    const queue = [start];
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      for (const { to } of next.get(file) ?? []) {
        if (to === start) return pathTo(seen, start, file);
        if (seen.has(to)) continue;
        seen.set(to, file);
        queue.push(to);
      }
    }
  }
  return undefined;
}

function pathTo(seen: Map<string, string>, start: string, last: string): string[] {
  const path = [start];
  for (let file: string | undefined = last; file !== undefined && file !== start; file = seen.get(file))
    path.splice(1, 0, file);
  return [...path, start];
}

const all = edges();

test("the graph is read: rooms import each other at all", () => {
  expect(all.some(({ from, to }) => room(from) === "engine" && room(to) === "api")).toBe(true);
});

test("imports go down a floor, never up or sideways", () => {
  expect(all.map(breach).filter((message) => message !== undefined)).toEqual([]);
});

test("no file imports itself by a detour", () => {
  expect(cycle(all)).toBeUndefined();
});
