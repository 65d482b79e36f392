import { invalid } from "../../errors/index.ts";
import { readStream } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendChunks } from "../http/stream.ts";
import type { Route } from "./router.ts";

async function rename(exchange: Exchange): Promise<void> {
  const { backend, name, query } = exchange;
  await backend.volumeCopies.rename(name, query.required("name"));
  exchange.empty();
}

async function clone(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const options = { pause: query.boolean("pause") };
  const made = await backend.volumeCopies.clone(name, query.required("name"), options, signal);
  exchange.json(await backend.volumes.inspect(made), 201);
}

async function snapshot(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const options = { pause: query.boolean("pause") };
  exchange.json(await backend.volumeCopies.snapshot(name, query.string("name"), options, signal), 201);
}

async function snapshots(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.volumeCopies.snapshots(exchange.name));
}

async function removeSnapshot(exchange: Exchange): Promise<void> {
  const { backend, name, query } = exchange;
  await backend.volumeCopies.removeSnapshot(name, query.required("name"));
  exchange.empty();
}

async function restore(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  await backend.volumeCopies.restore(name, query.required("snapshot"), signal);
  exchange.empty();
}

async function exportVolume(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const compression = query.string("compression") ?? "none";
  if (compression !== "none" && compression !== "zstd")
    throw invalid(`compression ${JSON.stringify(compression)} is not known: it is "zstd" or "none"`);
  const zstd = compression === "zstd";
  const tar = await backend.volumeCopies.export(name, { pause: query.boolean("pause"), zstd }, signal);
  exchange.begin(zstd ? "application/zstd" : "application/x-tar");
  await sendChunks(exchange, tar);
}

async function importVolume(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const options = { replace: query.boolean("replace") };
  await backend.volumeCopies.import(name, readStream(exchange), options, signal);
  exchange.json(await backend.volumes.inspect(name), 201);
}

/** Ours: whole volumes. */
export const volumeCopyRoutes: Route[] = [
  ["POST", "/volumes/{name}/rename", rename],
  ["POST", "/volumes/{name}/clone", clone],
  ["POST", "/volumes/{name}/snapshots", snapshot],
  ["GET", "/volumes/{name}/snapshots", snapshots],
  ["DELETE", "/volumes/{name}/snapshots", removeSnapshot],
  ["POST", "/volumes/{name}/restore", restore],
  ["GET", "/volumes/{name}/export", exportVolume],
  ["POST", "/volumes/{name}/import", importVolume],
];
