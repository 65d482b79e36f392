import type { ContainerPathStat } from "../../api/index.ts";
import { readStream } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendChunks } from "../http/stream.ts";
import type { Route } from "./router.ts";

function pathStatHeader(stat: ContainerPathStat): Record<string, string> {
  return { "X-Docker-Container-Path-Stat": Buffer.from(JSON.stringify(stat)).toString("base64") };
}

async function stat(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const found = await backend.containers.statPath(name, query.required("path"), signal);
  exchange.head(200, pathStatHeader(found));
  exchange.response.end();
}

async function get(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const archive = await backend.containers.getArchive(name, query.required("path"), signal);
  const { stat, matches } = archive;
  // Our own: of how many files that a pattern matched the archive is.
  const pattern = matches > 0 ? { "X-Slipway-Matches": String(matches) } : {};
  exchange.begin("application/x-tar", { ...pathStatHeader(stat), ...pattern });
  await sendChunks(exchange, archive.tar);
}

async function put(exchange: Exchange): Promise<void> {
  const { backend, name, query, signal } = exchange;
  const options = {
    noOverwriteDirNonDir: query.boolean("noOverwriteDirNonDir"),
    copyUIDGID: query.boolean("copyUIDGID"),
  };
  await backend.containers.putArchive(name, query.required("path"), readStream(exchange), options, signal);
  exchange.empty(200);
}

export const archiveRoutes: Route[] = [
  ["HEAD", "/containers/{name}/archive", stat],
  ["GET", "/containers/{name}/archive", get],
  ["PUT", "/containers/{name}/archive", put],
];
