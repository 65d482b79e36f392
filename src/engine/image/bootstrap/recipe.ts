import { invalid } from "../../../errors/index.ts";
import {
  familiarName,
  familiarReference,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../../../oci/reference.ts";
import type { BootstrapOptions } from "../../backend.ts";
import { checkedMirror } from "../../config/archives.ts";
import { type Distribution, distributions } from "./distributions.ts";

/** `slim` is minbase without what debian:SUITE-slim lacks too. */
const variants = ["minbase", "slim", "buildd"] as const;

/** What debootstrap is to make. */
export interface SuiteRecipe {
  readonly base: "suite";
  /** The name of the image. */
  readonly reference: Reference;
  readonly distribution: Distribution;
  readonly suite: string;
  readonly variant: (typeof variants)[number];
  /** Packages beside the variant's, sorted. */
  readonly include: readonly string[];
  /** Absent: the configured, the host's or the usual one. */
  readonly mirror?: string;
}

export type Recipe = SuiteRecipe | { readonly base: "busybox"; readonly reference: Reference };

/** Finds out what is to be made; `invalid` for what cannot be. */
export function parseRecipe({ ref, tag, variant, mirror, include = [] }: BootstrapOptions): Recipe {
  const source = withDefaultTag(parseReference(ref));
  const reference = tag === undefined ? source : withDefaultTag(parseReference(tag));
  for (const { digest } of [source, reference])
    if (digest !== undefined)
      throw invalid(`cannot bootstrap ${ref}: an image that is made has no digest yet`);
  const name = familiarName(source);
  if (name === "busybox") {
    const given = Object.entries({ variant, mirror, include: include[0] }).find(([, value]) => value);
    if (given !== undefined)
      throw invalid(`busybox is taken from the host as it is: ${given[0]} does not apply`);
    return { base: "busybox", reference };
  }
  const distribution = Object.hasOwn(distributions, name) ? distributions[name] : undefined;
  if (distribution === undefined) {
    const known = "busybox, debian:SUITE and ubuntu:SUITE can be made";
    throw invalid(`cannot bootstrap ${familiarReference(source)}: ${known}`);
  }
  return {
    base: "suite",
    reference,
    distribution,
    ...suiteAndVariant(distribution, source.tag ?? "latest", variant),
    include: [...new Set(include.flatMap((names) => names.split(",")).map(checkedPackage))].toSorted(),
    ...(mirror === undefined ? {} : { mirror: checkedMirror(mirror) }),
  };
}

function suiteAndVariant(
  { title, name, aliases, example }: Distribution,
  tag: string,
  given: string | undefined,
): Pick<SuiteRecipe, "suite" | "variant"> {
  const isSlim = tag.endsWith("-slim");
  const version = isSlim ? tag.slice(0, -"-slim".length) : tag;
  const suite = Object.hasOwn(aliases, version) ? (aliases[version] as string) : version;
  if (!/^[a-z]+$/.test(suite))
    throw invalid(`"${version}" is no ${title} suite: use for example ${name}:${example}`);
  const variant = variants.find((known) => known === (given ?? (isSlim ? "slim" : "minbase")));
  if (variant === undefined) throw invalid(`invalid variant: ${given} (use one of ${variants.join(", ")})`);
  if (isSlim && variant !== "slim")
    throw invalid(`${name}:${tag} names the variant slim, and ${variant} is asked for`);
  return { suite, variant };
}

/** As Debian Policy 5.6.1 has names of packages. */
function checkedPackage(name: string): string {
  if (!/^[a-z0-9][a-z0-9+.-]+$/.test(name)) throw invalid(`invalid name of a package: "${name}"`);
  return name;
}
