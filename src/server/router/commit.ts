import type { CommitOptions } from "../../engine/backend.ts";
import { readJson } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { containerConfig } from "../request/container.ts";
import type { Route } from "./router.ts";

async function commit(exchange: Exchange): Promise<void> {
  const { backend, query } = exchange;
  const config = await readJson(exchange, containerConfig);
  const options: CommitOptions = {
    container: query.required("container"),
    pause: query.boolean("pause", true),
    changes: query.all("changes"),
  };
  for (const name of ["repo", "tag", "comment", "author"] as const) {
    const value = query.string(name);
    if (value !== undefined) options[name] = value;
  }
  const created = await backend.containers.commit(config === undefined ? options : { ...options, config });
  exchange.json(created, 201);
}

export const commitRoutes: Route[] = [["POST", "/commit", commit]];
