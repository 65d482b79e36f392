import { posix } from "node:path";
import { invalid, SlipwayError } from "../../../errors/index.ts";
import type { ContainerMount, SourceChanges } from "../record.ts";
import { checkChanges, type Modes, parseModes } from "./modes.ts";

/** What `-v` means: a host path or a volume's name, a place in the container, and modes. */
export interface BindSpec extends Modes {
  source: string;
  destination: string;
  mode: string;
}

/** Parses `source:destination[:mode,…]` as Docker does; the source may be a name or an absolute path. */
export function parseBind(text: string): BindSpec {
  const wrong = (reason: string) => invalid(`invalid volume specification: '${text}'${reason}`);
  const parts = text.split(":");
  const [source = "", destination = "", mode = ""] = parts;
  if (parts.length < 2 || parts.length > 3 || source === "" || destination === "") throw wrong("");
  if (!destination.startsWith("/"))
    throw wrong(`: invalid mount path: '${destination}' mount path must be absolute`);
  const modes = understood(mode, wrong);
  if (source.startsWith("/")) {
    if (modes.noCopy) throw wrong(": invalid mode: nocopy applies to volumes");
  } else if (modes.propagation !== undefined) throw wrong(": propagation applies to bind mounts");
  return { ...modes, source, destination: cleanDestination(destination, text), mode };
}

/** A mistake in the modes is told with the whole specification. */
function understood(mode: string, wrong: (reason: string) => SlipwayError): Modes {
  try {
    const modes = parseModes(mode);
    checkChanges(modes, modes.propagation);
    return modes;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    throw wrong(`: ${error.message}`);
  }
}

/** A mount over the whole root cannot work; anything else is brought into its shortest form. */
export function cleanDestination(path: string, what: string): string {
  const clean = posix.normalize(path).replace(/(.)\/$/, "$1");
  if (!clean.startsWith("/")) throw invalid(`invalid mount path: '${path}' mount path must be absolute`);
  if (clean === "/") throw invalid(`invalid volume specification: '${what}': destination can't be '/'`);
  return clean;
}

export interface BindOptions extends SourceChanges {
  source: string;
  destination: string;
  readOnly: boolean;
  mode: string;
  propagation?: string;
  recursive?: boolean;
  createSource: boolean;
  /** `false` leaves submounts writable. */
  readOnlyRecursive?: boolean;
}

/** A bind mount in the form the record keeps. */
export function bindMount(options: BindOptions): ContainerMount {
  const { source, destination, mode, createSource } = options;
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
      Source: source,
      Destination: destination,
      Mode: mode,
      RW: !options.readOnly,
      Propagation: propagation,
    },
    options: flags,
    createSource,
    ...changesOf(options),
  };
}

/** Those changes that were asked for. */
export function changesOf({ owner, chown, overlay }: SourceChanges): SourceChanges {
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(chown ? { chown } : {}),
    ...(overlay ? { overlay } : {}),
  };
}
