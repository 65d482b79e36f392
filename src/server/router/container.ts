import { invalid } from "../../errors/index.ts";
import { readJson } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendChunks, sendJsonLines } from "../http/stream.ts";
import { containerCreate } from "../request/container.ts";
import { portsUpdate } from "../request/network.ts";
import { containerUpdate } from "../request/resources.ts";
import { containerInspectFor, containerSummariesFor } from "../version/container.ts";
import { createRequestFrom, createWarnings, readOnlyIsRecursive } from "../version/create.ts";
import { archiveRoutes } from "./archive.ts";
import { attach, attachWebSocket } from "./attach.ts";
import { logs } from "./logs.ts";
import { terminalSize } from "./resize.ts";
import type { Route } from "./router.ts";
import { wait } from "./wait.ts";

async function create(exchange: Exchange): Promise<void> {
  const { backend, query, version } = exchange;
  const request = await readJson(exchange, containerCreate);
  if (request === undefined) throw invalid("config cannot be empty in order to create a container");
  const name = query.string("name");
  const platform = version.since(41) ? query.string("platform") : undefined;
  const created = await backend.containers.create(createRequestFrom(version, request), {
    ...(name === undefined ? {} : { name }),
    ...(platform === undefined ? {} : { platform }),
    readOnlyRecursive: readOnlyIsRecursive(version),
  });
  const warnings = [...(created.Warnings ?? []), ...createWarnings(version, request)];
  exchange.json({ ...created, Warnings: warnings }, 201);
}

async function list(exchange: Exchange): Promise<void> {
  const { backend, query, version } = exchange;
  const limit = query.integer("limit");
  const containers = await backend.containers.list({
    all: query.boolean("all"),
    size: query.boolean("size"),
    filters: query.filters(),
    ...(limit === undefined ? {} : { limit }),
  });
  exchange.json(containerSummariesFor(version, containers));
}

async function inspect(exchange: Exchange): Promise<void> {
  const { backend, name, query, version } = exchange;
  const container = await backend.containers.inspect(name, { size: query.boolean("size") });
  exchange.json(containerInspectFor(version, container));
}

async function top(exchange: Exchange): Promise<void> {
  const psArgs = exchange.query.string("ps_args") ?? "-ef";
  exchange.json(await exchange.backend.containers.top(exchange.name, psArgs));
}

async function changes(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.containers.changes(exchange.name));
}

async function exportFilesystem(exchange: Exchange): Promise<void> {
  const tar = await exchange.backend.containers.export(exchange.name, exchange.signal);
  exchange.begin("application/octet-stream");
  await sendChunks(exchange, tar);
}

async function stats(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const stream = query.boolean("stream", true);
  const oneShot = query.boolean("one-shot");
  if (stream && oneShot) throw invalid("cannot have stream=true and one-shot=true");
  const samples = await backend.containers.stats(name, { stream, oneShot }, signal);
  exchange.begin("application/json");
  await sendJsonLines(exchange, samples);
}

async function resize(exchange: Exchange): Promise<void> {
  await exchange.backend.containers.resize(exchange.name, terminalSize(exchange));
  exchange.empty(200);
}

async function start(exchange: Exchange): Promise<void> {
  const detachKeys = exchange.query.string("detachKeys");
  await exchange.backend.containers.start(exchange.name, detachKeys === undefined ? {} : { detachKeys });
  exchange.empty();
}

function stopOptions(exchange: Exchange): { timeout?: number; signal?: string } {
  const timeout = exchange.query.integer("t");
  const signal = exchange.version.since(42) ? exchange.query.string("signal") : undefined;
  return { ...(timeout === undefined ? {} : { timeout }), ...(signal === undefined ? {} : { signal }) };
}

async function stop(exchange: Exchange): Promise<void> {
  await exchange.backend.containers.stop(exchange.name, stopOptions(exchange));
  exchange.empty();
}

async function restart(exchange: Exchange): Promise<void> {
  await exchange.backend.containers.restart(exchange.name, stopOptions(exchange));
  exchange.empty();
}

async function kill(exchange: Exchange): Promise<void> {
  await exchange.backend.containers.kill(exchange.name, exchange.query.string("signal"));
  exchange.empty();
}

async function update(exchange: Exchange): Promise<void> {
  const request = (await readJson(exchange, containerUpdate)) ?? {};
  const { Warnings } = await exchange.backend.containers.update(exchange.name, request);
  exchange.json({ Warnings: Warnings ?? [] });
}

async function ports(exchange: Exchange): Promise<void> {
  const request = (await readJson(exchange, portsUpdate)) ?? {};
  exchange.json(await exchange.backend.containers.updatePorts(exchange.name, request));
}

async function rename(exchange: Exchange): Promise<void> {
  await exchange.backend.containers.rename(exchange.name, exchange.query.string("name") ?? "");
  exchange.empty();
}

async function pause(exchange: Exchange): Promise<void> {
  await exchange.backend.containers.pause(exchange.name);
  exchange.empty();
}

async function unpause(exchange: Exchange): Promise<void> {
  await exchange.backend.containers.unpause(exchange.name);
  exchange.empty();
}

async function remove(exchange: Exchange): Promise<void> {
  const { backend, name, query } = exchange;
  await backend.containers.remove(name, {
    volumes: query.boolean("v"),
    force: query.boolean("force"),
    link: query.boolean("link"),
  });
  exchange.empty();
}

async function prune(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.containers.prune(exchange.query.filters()));
}

export const containerRoutes: Route[] = [
  ["POST", "/containers/create", create],
  ["GET", "/containers/json", list],
  ["POST", "/containers/prune", prune],
  ["GET", "/containers/{name}/json", inspect],
  ["GET", "/containers/{name}/top", top],
  ["GET", "/containers/{name}/logs", logs],
  ["GET", "/containers/{name}/changes", changes],
  ["GET", "/containers/{name}/export", exportFilesystem],
  ["GET", "/containers/{name}/stats", stats],
  ["POST", "/containers/{name}/resize", resize],
  ["POST", "/containers/{name}/start", start],
  ["POST", "/containers/{name}/stop", stop],
  ["POST", "/containers/{name}/restart", restart],
  ["POST", "/containers/{name}/kill", kill],
  ["POST", "/containers/{name}/update", update],
  ["POST", "/containers/{name}/ports", ports],
  ["POST", "/containers/{name}/rename", rename],
  ["POST", "/containers/{name}/pause", pause],
  ["POST", "/containers/{name}/unpause", unpause],
  ["POST", "/containers/{name}/attach", attach],
  ["GET", "/containers/{name}/attach/ws", attachWebSocket],
  ["POST", "/containers/{name}/wait", wait],
  ["DELETE", "/containers/{name}", remove],
  ...archiveRoutes,
];
