import { buildRoutes } from "./build.ts";
import { commitRoutes } from "./commit.ts";
import { containerRoutes } from "./container.ts";
import { execRoutes } from "./exec.ts";
import { imageRoutes } from "./image.ts";
import { networkRoutes } from "./network.ts";
import { pluginRoutes } from "./plugin.ts";
import { registryRoutes } from "./registry.ts";
import { Router } from "./router.ts";
import { storeRoutes } from "./store.ts";
import { swarmRoutes } from "./swarm.ts";
import { systemRoutes } from "./system.ts";
import { volumeRoutes } from "./volume.ts";

/** Every endpoint. */
export const router = new Router([
  ...systemRoutes,
  ...storeRoutes,
  ...containerRoutes,
  ...execRoutes,
  ...imageRoutes,
  ...commitRoutes,
  ...networkRoutes,
  ...volumeRoutes,
  ...registryRoutes,
  ...swarmRoutes,
  ...pluginRoutes,
  ...buildRoutes,
]);
