import { readFileSync } from "node:fs";
import { errnoOf } from "../errors/index.ts";
import type { Spec } from "../oci/spec.ts";

/** crun(1): the filter for seccomp(2) as it is, in base64. It goes before the profile, which need not be compiled. */
const annotation = "run.oci.seccomp_bpf_data";
const instructionBytes = 8;
const capacity = 64;

/**
 * Compiling a seccomp profile is nearly half of what it takes to start a container. crun leaves the filter it
 * made in its state, for `exec`, and takes such a filter in place of a profile: so each profile is compiled
 * once. Runtimes that leave none are not affected.
 */
export class SeccompFilters {
  /** By the profile's digest, the least recently used one first. */
  readonly #filters = new Map<string, string>();

  /** The specification with the filter that is known for its profile; else the digest to `learn` it under. */
  apply(spec: Spec): { spec: Spec; unknown?: string } {
    const profile = spec.linux?.seccomp;
    if (profile === undefined || spec.annotations?.[annotation] !== undefined) return { spec };
    const digest = new Bun.CryptoHasher("sha256").update(JSON.stringify(profile)).digest("hex");
    const filter = this.#filters.get(digest);
    if (filter === undefined) return { spec, unknown: digest };
    this.#filters.delete(digest);
    this.#filters.set(digest, filter);
    return { spec: { ...spec, annotations: { ...spec.annotations, [annotation]: filter } } };
  }

  /** Takes the filter from a container's state; it was written before the container's process was started. */
  learn(digest: string, path: string): void {
    let filter: Buffer;
    try {
      filter = readFileSync(path);
    } catch (error) {
      // The container has ended already, or this runtime leaves no filter.
      if (errnoOf(error) === "ENOENT") return;
      throw error;
    }
    if (filter.length === 0 || filter.length % instructionBytes !== 0) return;
    this.#filters.set(digest, filter.toString("base64"));
    const [oldest] = this.#filters.keys();
    if (this.#filters.size > capacity && oldest !== undefined) this.#filters.delete(oldest);
  }
}
