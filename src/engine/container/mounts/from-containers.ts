import { invalid, SlipwayError } from "../../../errors/index.ts";
import type { ContainerMount, ContainerRecord } from "../record.ts";
import { parseModes } from "./modes.ts";

/**
 * The mounts that `--volumes-from` takes over from other containers, those included that they took over themselves. At
 * one place the last container's is mounted, as with Docker. Nothing is copied up for them.
 */
export function fromContainers(
  specs: readonly string[],
  find: (ref: string) => ContainerRecord,
): ContainerMount[] {
  const mounts = new Map<string, ContainerMount>();
  for (const spec of specs) {
    const { donor, readOnly } = parse(spec, find);
    for (const mount of donor.mounts) {
      mounts.set(mount.point.Destination, taken(mount, mount.point.RW && !readOnly));
    }
  }
  return [...mounts.values()];
}

function parse(spec: string, find: (ref: string) => ContainerRecord) {
  const [ref = "", mode = "", ...rest] = spec.split(":");
  if (ref === "" || rest.length > 0) throw invalid(`invalid volumes-from specification: ${spec}`);
  const { readOnly, noCopy, propagation, ...changes } = parseModes(mode);
  if (noCopy || propagation !== undefined || Object.keys(changes).length > 0)
    throw invalid(
      `invalid volumes-from specification: ${spec}: ${mode} is up to the container that is named`,
    );
  return { donor: existing(ref, find), readOnly };
}

/** A 404 would mean the image, which clients then pull. */
function existing(ref: string, find: (ref: string) => ContainerRecord): ContainerRecord {
  try {
    return find(ref);
  } catch (cause) {
    if (!(cause instanceof SlipwayError) || cause.kind !== "notFound") throw cause;
    throw invalid(cause.message, { cause });
  }
}

function taken(mount: ContainerMount, writable: boolean): ContainerMount {
  const wasWritable = mount.point.RW;
  return {
    ...mount,
    point: { ...mount.point, RW: writable },
    options: writable || !wasWritable ? mount.options : [...mount.options, readOnlyWord(mount)],
    anonymous: false,
    copyUp: false,
  };
}

/** The mounts below are read-only, too, where they are there. */
const readOnlyWord = ({ options }: ContainerMount) => (options.includes("rbind") ? "rro" : "ro");
