import type { CollectOptions } from "../../engine/backend.ts";
import { invalid } from "../../errors/index.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendChunks, sendProgress } from "../http/stream.ts";
import type { Route } from "./router.ts";

/* Slipway's own endpoints about the store; those that only look are GETs, also where Docker has a POST of the name. */

async function check(exchange: Exchange): Promise<void> {
  const { backend, query, signal } = exchange;
  const options = {
    repair: query.boolean("repair"),
    quick: query.boolean("quick"),
    deep: query.boolean("deep"),
  };
  await sendProgress(exchange, backend.store.check(options, signal));
}

async function usage(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.store.usage(exchange.signal));
}

const prunable = ["container", "network", "volume", "image"];

async function previewPrune(exchange: Exchange): Promise<void> {
  const { backend, query } = exchange;
  const types = query.all("type");
  for (const type of types) if (!prunable.includes(type)) throw invalid(`unknown object type: ${type}`);
  const options = {
    containers: types.includes("container"),
    networks: types.includes("network"),
    volumes: types.includes("volume"),
    images: types.includes("image"),
    filters: query.filters(),
  };
  exchange.json(await backend.store.previewPrune(options));
}

async function collect(exchange: Exchange): Promise<void> {
  const { backend, query, signal } = exchange;
  const free = query.string("free");
  const options: CollectOptions = {
    dryRun: query.boolean("dry-run"),
    ...(free === undefined ? {} : { free }),
    ...(query.has("unused") ? { unused: query.boolean("unused") } : {}),
  };
  exchange.json(await backend.store.collect(options, signal));
}

async function tree(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.store.imageTree());
}

async function diff(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const lines = await backend.store.imageDiff(name, query.required("with"), signal);
  exchange.begin("application/json");
  await sendChunks(exchange, lines);
}

export const storeRoutes: Route[] = [
  ["POST", "/system/check", check],
  ["GET", "/system/store", usage],
  ["GET", "/system/prune", previewPrune],
  ["POST", "/system/gc", collect],
  ["GET", "/images/tree", tree],
  ["GET", "/images/{name}/diff", diff],
];
