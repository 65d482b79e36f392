import { invalid } from "../../errors/index.ts";
import { formatPlatform, type Platform } from "../../oci/platform.ts";

type Place = "manifest" | "index" | "manifest-descriptor" | "index-descriptor";

interface Annotation {
  readonly places: readonly string[];
  readonly platform: string | undefined;
  readonly key: string;
  readonly value: string;
}

const places = new Set<string>(["manifest", "index", "manifest-descriptor", "index-descriptor"]);

/** What users annotate, as buildx writes it: `index,manifest[linux/amd64]:org.example.key=value`; without a place: the manifest. */
export class Annotations {
  readonly #all: readonly Annotation[];

  constructor(given: Readonly<Record<string, string>>) {
    this.#all = Object.entries(given).map(([key, value]) => ({ ...read(key), value }));
  }

  /** Undefined when there are none. */
  at(place: Place, platform?: Platform): Record<string, string> | undefined {
    const name = platform === undefined ? undefined : formatPlatform(platform);
    const meant = this.#all.filter(
      (each) => each.places.includes(place) && (each.platform === undefined || each.platform === name),
    );
    return meant.length === 0 ? undefined : Object.fromEntries(meant.map(({ key, value }) => [key, value]));
  }

  get areNone(): boolean {
    return this.#all.length === 0;
  }
}

function read(text: string): Omit<Annotation, "value"> {
  const [, list, key = ""] =
    /^(?:([a-z-]+(?:\[[^\]]*\])?(?:,[a-z-]+(?:\[[^\]]*\])?)*):)?(.+)$/.exec(text) ?? [];
  const named = list === undefined ? ["manifest"] : list.split(",");
  const platforms = named.map((place) => /\[(.*)\]/.exec(place)?.[1]).filter((each) => each !== undefined);
  const bare = named.map((place) => place.replace(/\[.*\]/, ""));
  const wrong = bare.find((place) => !places.has(place));
  if (wrong !== undefined) throw invalid(`unknown annotation type "${wrong}" in ${text}`);
  return { places: bare, platform: platforms[0], key };
}
