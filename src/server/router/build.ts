import { unsupported } from "../http/exchange.ts";
import type { Route } from "./router.ts";

const unsupportedBuild = unsupported("building images is not supported yet; use 'commit' or 'import'");

export const buildRoutes: Route[] = [
  ["POST", "/build", unsupportedBuild],
  ["POST", "/build/cancel", unsupportedBuild],
  // `docker system prune` asks for it: there is no build cache, so nothing is deleted.
  ["POST", "/build/prune", (exchange) => exchange.json({ CachesDeleted: null, SpaceReclaimed: 0 })],
  ["POST", "/session", unsupportedBuild],
  ["POST", "/grpc", unsupportedBuild],
];
