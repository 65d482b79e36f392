import { posix, type TarHeader } from "../../archive/index.ts";
import { asSlipwayError, invalid, SlipwayError } from "../../errors/index.ts";

const whiteoutPrefix = ".wh.";
const opaqueMarker = ".wh..wh..opq";
const metaPrefix = ".wh..wh.";

/** Path of a member, or of what it links to, from the target on, without slashes at its ends; `` for the target itself. */
export function relativePath(name: string, what: "name" | "link"): string {
  const relative = posix.normalize(name).replace(/^\/+|\/+$/g, "");
  if (relative === ".." || relative.startsWith("../")) throw invalid(`its ${what} leads out of the target`);
  return relative === "." ? "" : relative;
}

/** What a member of an OCI layer says by its name alone (image-spec, layer.md#whiteouts). */
export type Whiteout =
  /** Something of a lower layer is gone. */
  | { hides: string }
  /** Lower layers have nothing to say about the directory; or: another program's mark without a meaning here. */
  | "opaque"
  | "ignored";

/** Undefined for the name of an ordinary member. */
export function whiteoutOf(base: string): Whiteout | undefined {
  if (!base.startsWith(whiteoutPrefix)) return undefined;
  if (base === opaqueMarker) return "opaque";
  if (base.startsWith(metaPrefix)) return "ignored";
  const hides = base.slice(whiteoutPrefix.length);
  if (hides === "" || hides === "." || hides === "..") throw invalid("its name is no whiteout");
  return { hides };
}

export interface Limits {
  readonly maxBytes?: number;
  readonly maxEntries?: number;
}

/** Counts members and the bytes of their files; more than may be is `invalid`. */
export class Tally {
  /** Bytes of all files; a file with several names counts once. */
  size = 0;
  entries = 0;

  constructor(private readonly limits: Limits) {}

  count({ size }: TarHeader): void {
    this.entries++;
    this.size += size;
    const { maxBytes = Number.POSITIVE_INFINITY, maxEntries = Number.POSITIVE_INFINITY } = this.limits;
    if (this.size > maxBytes) throw invalid(`the archive unpacks to more than ${maxBytes} bytes, the limit`);
    if (this.entries > maxEntries)
      throw invalid(`the archive has more than ${maxEntries} members, the limit`);
  }
}

/** Does a part of the work for a member, whose name errors begin with. */
export function forMember(header: TarHeader | undefined, work: () => void): void {
  try {
    work();
  } catch (thrown) {
    const error = asSlipwayError(thrown);
    throw new SlipwayError(error.kind, `cannot unpack "${header?.name}": ${error.message}`, error.details);
  }
}
