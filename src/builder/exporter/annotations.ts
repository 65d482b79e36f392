import { invalid } from "../../errors/index.ts";
import { formatPlatform, type Platform, parsePlatform } from "../../oci/platform.ts";

const places = ["manifest", "index", "manifest-descriptor", "index-descriptor"] as const;

type Place = (typeof places)[number];

interface Annotation {
  readonly place: Place;
  readonly platform: string | undefined;
  readonly key: string;
  readonly value: string;
}

/**
 * What users annotate, as buildx writes it: `index,manifest[linux/amd64]:org.example.key=value`; without a place: the manifest.
 * Throws `invalid`. (buildx util/buildflags/export.go)
 */
export class Annotations {
  readonly #all: readonly Annotation[];

  constructor(given: Readonly<Record<string, string>>) {
    this.#all = Object.entries(given).flatMap(([text, value]) => read(text, value));
  }

  /** Undefined when there are none. An index is of all platforms. */
  at(place: Place, platform?: Platform): Record<string, string> | undefined {
    const name = platform === undefined ? undefined : formatPlatform(platform);
    const meant = this.#all.filter(
      (each) =>
        each.place === place && (name === undefined || each.platform === undefined || each.platform === name),
    );
    return meant.length === 0 ? undefined : Object.fromEntries(meant.map(({ key, value }) => [key, value]));
  }

  get areNone(): boolean {
    return this.#all.length === 0;
  }

  /** Throws for what there is nothing to write on: an index where one platform is built, a platform that is not built. */
  check(platforms: readonly Platform[]): void {
    const built = new Set(platforms.map(formatPlatform));
    for (const { place, platform } of this.#all) {
      if (platform !== undefined && !built.has(platform))
        throw invalid(`invalid annotation: no platform ${platform} found in source`);
      if (place.startsWith("index") && built.size < 2)
        throw invalid("index annotations not supported for single platform export");
    }
  }
}

function read(text: string, value: string): Annotation[] {
  const colon = text.indexOf(":");
  if (colon < 0) return [{ place: "manifest", platform: undefined, key: text, value }];
  const key = text.slice(colon + 1);
  return text
    .slice(0, colon)
    .split(",")
    .map((written) => {
      const [, place, platform] = /^([a-z-]+)(?:\[([A-Za-z0-9_/-]+)\])?$/.exec(written) ?? [];
      if (place === undefined) {
        const what = "expected type and optional platform in square brackets";
        throw invalid(`invalid annotation type ${JSON.stringify(written)}, ${what}`);
      }
      if (!isPlace(place))
        throw invalid(`unknown annotation type "${place}": there are ${places.join(", ")}`);
      const named = platform === undefined ? undefined : formatPlatform(parsePlatform(platform));
      return { place, platform: named, key, value };
    });
}

const isPlace = (text: string): text is Place => (places as readonly string[]).includes(text);
