import { notFound } from "../../errors/index.ts";
import { unsupported } from "../http/exchange.ts";
import type { Route } from "./router.ts";

const unsupportedPlugins = unsupported("plugins are not supported");

export const pluginRoutes: Route[] = [
  ["GET", "/plugins", (exchange) => exchange.json([])],
  ["GET", "/plugins/privileges", unsupportedPlugins],
  ["POST", "/plugins/pull", unsupportedPlugins],
  ["POST", "/plugins/create", unsupportedPlugins],
  [
    "GET",
    "/plugins/{name}/json",
    ({ name }) => {
      throw notFound(`plugin "${name}" not found`);
    },
  ],
];
