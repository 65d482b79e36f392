import { posix } from "node:path";
import { invalid } from "../../../errors/index.ts";
import type { ContainerMount } from "../record.ts";

const propagations = new Set(["private", "rprivate", "shared", "rshared", "slave", "rslave"]);
const labels = new Set(["z", "Z"]);
const consistency = new Set(["consistent", "cached", "delegated", "default"]);

/** What `-v` means: a host path or a volume's name, a place in the container, and modes. */
export interface BindSpec {
  source: string;
  destination: string;
  readOnly: boolean;
  noCopy: boolean;
  propagation?: string;
  mode: string;
}

/** Parses `source:destination[:mode,…]` as Docker does; the source may be a name or an absolute path. */
export function parseBind(text: string): BindSpec {
  const parts = text.split(":");
  const [source = "", destination = "", mode = ""] = parts;
  if (parts.length < 2 || parts.length > 3 || source === "" || destination === "") {
    throw invalid(`invalid volume specification: '${text}'`);
  }
  if (!destination.startsWith("/")) {
    throw invalid(
      `invalid volume specification: '${text}': invalid mount path: '${destination}' mount path must be absolute`,
    );
  }
  const spec: BindSpec = {
    source,
    destination: cleanDestination(destination, text),
    readOnly: false,
    noCopy: false,
    mode,
  };
  for (const word of mode === "" ? [] : mode.split(",")) applyMode(spec, word, text);
  if (source.startsWith("/")) {
    if (spec.noCopy)
      throw invalid(`invalid volume specification: '${text}': invalid mode: nocopy applies to volumes`);
  } else if (spec.propagation !== undefined) {
    throw invalid(`invalid volume specification: '${text}': propagation applies to bind mounts`);
  }
  return spec;
}

function applyMode(spec: BindSpec, word: string, text: string): void {
  if (word === "ro" || word === "readonly") spec.readOnly = true;
  else if (word === "rw") spec.readOnly = false;
  else if (word === "nocopy" || word === "volume-nocopy") spec.noCopy = true;
  else if (propagations.has(word)) spec.propagation = word;
  else if (!labels.has(word) && !consistency.has(word)) {
    throw invalid(`invalid volume specification: '${text}': invalid mode: ${word}`);
  }
}

/** A mount over the whole root cannot work; anything else is brought into its shortest form. */
export function cleanDestination(path: string, what: string): string {
  const clean = posix.normalize(path).replace(/(.)\/$/, "$1");
  if (!clean.startsWith("/")) throw invalid(`invalid mount path: '${path}' mount path must be absolute`);
  if (clean === "/") throw invalid(`invalid volume specification: '${what}': destination can't be '/'`);
  return clean;
}

/** A bind mount in the form the record keeps. */
export function bindMount(options: {
  source: string;
  destination: string;
  readOnly: boolean;
  mode: string;
  propagation?: string;
  recursive?: boolean;
  createSource: boolean;
  /** `false` leaves submounts writable. */
  readOnlyRecursive?: boolean;
}): ContainerMount {
  const propagation = options.propagation || "rprivate";
  const readOnly = options.readOnlyRecursive === false ? "ro" : "rro";
  const flags = [
    options.recursive === false ? "bind" : "rbind",
    ...(options.readOnly ? [readOnly] : []),
    propagation,
  ];
  return {
    point: {
      Type: "bind",
      Source: options.source,
      Destination: options.destination,
      Mode: options.mode,
      RW: !options.readOnly,
      Propagation: propagation,
    },
    options: flags,
    createSource: options.createSource,
  };
}
