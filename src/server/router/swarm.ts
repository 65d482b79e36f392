import { unavailable } from "../../errors/index.ts";
import { type Exchange, unsupported } from "../http/exchange.ts";
import type { Method, Route } from "./router.ts";

/** The answer of a Docker engine outside a swarm, in its words: clients look for them. */
function notAManager(_: Exchange): never {
  throw unavailable(
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node ' +
      "to swarm and try again.",
  );
}

const unsupportedSwarm = unsupported("swarm mode is not supported");

const nouns = ["nodes", "services", "tasks", "secrets", "configs"];

function nounRoutes(noun: string): Route[] {
  const route = (method: Method, rest: string): Route => [method, `/${noun}${rest}`, notAManager];
  return [
    route("GET", ""),
    route("POST", "/create"),
    route("GET", "/{name}"),
    route("GET", "/{name}/logs"),
    route("POST", "/{name}/update"),
    route("DELETE", "/{name}"),
  ];
}

export const swarmRoutes: Route[] = [
  ["GET", "/swarm", notAManager],
  ["GET", "/swarm/unlockkey", notAManager],
  ["POST", "/swarm/update", notAManager],
  ["POST", "/swarm/unlock", notAManager],
  ["POST", "/swarm/leave", notAManager],
  ["POST", "/swarm/init", unsupportedSwarm],
  ["POST", "/swarm/join", unsupportedSwarm],
  ...nouns.flatMap(nounRoutes),
];
