import { describe, expect, test } from "bun:test";
import { digestOf } from "../../oci/digest.ts";
import type { History } from "../../oci/image.ts";
import { parsePlatform } from "../../oci/platform.ts";
import type { BuiltLayer } from "../solver/index.ts";
import { imageConfig, ownLayers } from "./config.ts";

const layer = (name: string, created: string): BuiltLayer => ({
  diffID: digestOf(name),
  chainID: digestOf(`chain of ${name}`),
  size: 1,
  created,
});
const layers = [layer("base", "2001-01-01T00:00:00Z"), layer("own", "2020-02-02T00:00:00Z")];
const history: History[] = [
  { created_by: "base", created: "2001-01-01T00:00:00Z" },
  { created_by: "ENV", empty_layer: true },
  { created_by: "RUN" },
  { created_by: "CMD", empty_layer: true },
];
const built = "2026-06-06T00:00:00Z";
const make = (options: Partial<Parameters<typeof imageConfig>[2]> = {}, of = history, own = layers) =>
  imageConfig(
    { config: { config: { Cmd: ["a"] } } as never, history: of, platform: parsePlatform("linux/arm64") },
    own,
    {
      built,
      ...options,
    },
  );

describe("an image's config", () => {
  test("is as old as its youngest layer; what made none has the time of what was before", () => {
    const config = make();
    expect(config).toMatchObject({
      os: "linux",
      architecture: "arm64",
      created: "2020-02-02T00:00:00Z",
      config: { Cmd: ["a"] },
      rootfs: { type: "layers", diff_ids: layers.map(({ diffID }) => diffID) },
    });
    expect(config.history?.map(({ created }) => created?.slice(0, 4))).toEqual([
      "2001",
      "2001",
      "2020",
      "2020",
    ]);
    expect(make()).toEqual(config);
  });

  test("is of the epoch, where there is one, but for what the base has", () => {
    const config = make({ epoch: "1970-01-01T00:00:01Z" });
    expect(config.history?.map(({ created }) => created?.slice(0, 4))).toEqual([
      "2001",
      "2001",
      "1970",
      "1970",
    ]);
    expect(config.created).toBe("1970-01-01T00:00:01Z");
  });

  test("of nothing is as old as the build", () => {
    expect(make({}, [{ created_by: "CMD", empty_layer: true }], []).created).toBe(built);
    expect(make({}, [], []).created).toBe(built);
    expect(make({ inlineCache: "x" }, [], [])).toMatchObject({ "moby.buildkit.cache.v0": "x" });
  });

  test("gives the newest layers to the last entries of a base whose history is not complete", () => {
    const lost = history.slice(1);
    expect(make({}, lost).history?.map(({ created }) => created?.slice(0, 4))).toEqual([
      "2026",
      "2020",
      "2020",
    ]);
  });
});

test("the build's own layers are those that have no time yet", () => {
  expect(ownLayers(history)).toBe(1);
});
