import { describe, expect, test } from "bun:test";
import type { Image } from "../../../images/index.ts";
import { chainIDs, digestOf } from "../../../oci/digest.ts";
import type { History } from "../../../oci/image.ts";
import { parsePlatform } from "../../../oci/platform.ts";
import { type Edge, type ExecOp, type Vertex, vertex } from "../../graph/index.ts";
import type { BuildJob } from "../../job.ts";
import type { BuiltLayer } from "../../solver/index.ts";
import type { BuildTarget } from "../../target.ts";
import { HistoryCache } from "./history.ts";

const platform = parsePlatform("linux/amd64");
const diffIDs = ["base", "one", "two"].map(digestOf);
const chain = chainIDs(diffIDs);
const layers = diffIDs.map((diffID, at): BuiltLayer => {
  return { diffID, chainID: chain[at]!, size: 7, created: "2020-01-01T00:00:00Z" };
});
const base: History = { created_by: "base", created: "2020-01-01T00:00:00Z" };
const layer = (created_by: string): History => ({ created_by });
const empty = (created_by: string): History => ({ created_by, empty_layer: true });

const exec = (text: string, below: Edge, more: Partial<ExecOp> = {}): Vertex =>
  vertex({ kind: "exec", args: [text], mounts: [], platform, ...more } as ExecOp, [below], { name: text });
const from = vertex({ kind: "image", reference: "base", id: digestOf("id"), platform }, [], {
  name: "FROM base",
});
const one = exec("one", from);
const two = exec("two", one);
const history = [
  base,
  empty("ENV A=1"),
  layer("RUN /bin/sh -c one # buildkit"),
  layer("RUN |1 v=1 /bin/sh -c two # buildkit"),
];

const found = async (step: Vertex, below: number, images: History[], own = { tree: two, history }) => {
  const dated = images.map((entry) => ({ created: "2020-01-01T00:00:00Z", ...entry }));
  const image = {
    chain,
    config: { ...platform, rootfs: { diff_ids: diffIDs }, history: dated },
  } as unknown as Image;
  const snapshots = { has: () => true, usage: async () => ({ size: 7 }) };
  const job = {
    rooms: { open: { imageRooms: { snapshots } } },
    lease: { chains: new Set() },
  } as unknown as BuildJob;
  const inputs = [{ kind: "layers" as const, layers: layers.slice(0, below) }];
  const cache = new HistoryCache(job, image, [own as unknown as BuildTarget]);
  return await cache.lookup(digestOf("key"), new AbortController().signal, { vertex: step, inputs });
};

describe("the history of an image", () => {
  const classic = ["/bin/sh -c #(nop)  ENV A=1", "/bin/sh -c one", "|1 v=1 /bin/sh -c two"];

  test("has the steps that were done on the same layers after the same instructions", async () => {
    expect(await found(one, 1, history)).toEqual(layers.slice(0, 2));
    expect(await found(two, 2, history)).toEqual(layers);
  });

  test("may be the classic builder's", async () => {
    const [env = "", first = "", second = ""] = classic;
    expect(await found(two, 2, [base, empty(env), layer(first), layer(second)])).toEqual(layers);
  });

  test("with another instruction has nothing behind it", async () => {
    const other = [base, empty("ENV A=2"), ...history.slice(2)];
    expect(await found(one, 1, other)).toBeUndefined();
    expect(await found(two, 2, [...history.slice(0, 3), layer("RUN /bin/sh -c three")])).toBeUndefined();
    expect(await found(one, 1, [base, ...history.slice(2)])).toBeUndefined();
  });

  test("says nothing of other layers below, nor of steps that have more than these", async () => {
    expect(await found(two, 1, history)).toBeUndefined();
    const mounts = [{ type: "tmpfs", target: "/t" }] as ExecOp["mounts"];
    const mounted = exec("one", from, { mounts });
    expect(await found(mounted, 1, history, { tree: exec("two", mounted), history })).toBeUndefined();
    const arm = exec("one", from, { platform: parsePlatform("linux/arm64") });
    expect(await found(arm, 1, history, { tree: exec("two", arm), history })).toBeUndefined();
  });
});
