import type { Digest } from "../../../oci/digest.ts";
import type { ImageConfig } from "../../../oci/image.ts";
import type { Platform } from "../../../oci/platform.ts";
import type { ExecLimits } from "../../graph/index.ts";

/** Tells what images are, and reads the few files that a front end needs before there is a graph. */
export interface MetaResolver {
  /** The image that a name means for a platform, pulled if it is not here or `pull` says so. `notFound`, and a registry's errors. */
  image(
    reference: string,
    platform: Platform,
    options: { pull: boolean },
    signal: AbortSignal,
  ): Promise<ResolvedBase>;
}

export interface ResolvedBase {
  /** Digest of the image's config. */
  readonly id: Digest;
  /** Canonical: `docker.io/library/debian:12`. */
  readonly reference: string;
  readonly config: ImageConfig;
}

/** A context that `FROM`, `COPY --from` and mounts can name. */
export type NamedContext =
  | { readonly kind: "local"; readonly name: string; readonly ignore: readonly string[] }
  | { readonly kind: "image"; readonly reference: string }
  | { readonly kind: "git"; readonly url: string }
  | {
      readonly kind: "oci-layout";
      readonly name: string;
      readonly manifest: Digest;
      readonly base: ResolvedBase;
    };

export interface FrontendOptions {
  /** The Dockerfile's name in messages, and its text. */
  readonly filename: string;
  readonly text: string;
  /** Stage names or numbers; none: the last one. */
  readonly targets: readonly string[];
  /** None: this host's. */
  readonly platforms: readonly Platform[];
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The main context is the one named "context". */
  readonly contexts: ReadonlyMap<string, NamedContext>;
  readonly noCache: boolean;
  /** Stages that run anew. */
  readonly noCacheFilter: readonly string[];
  readonly pull: boolean;
  /** Of RUN steps that do not say it. */
  readonly network: "default" | "none" | "host";
  readonly limits: ExecLimits;
  /** What RUN may do beyond the sandbox (`--allow`). */
  readonly entitlements: ReadonlySet<"network.host" | "security.insecure">;
  /** Variables of the client for proxies, which RUN steps see and nothing depends on. */
  readonly proxies: readonly string[];
  /** Lint rules to skip, and whether findings are errors: what `# check=` says stands above. */
  readonly check?: { skip: readonly string[]; error: boolean };
}
