import { invalid } from "../../errors/index.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendJsonLines } from "../http/stream.ts";
import { diskUsageFor, eventsFor, infoFor } from "../version/system.ts";
import type { Route } from "./router.ts";

/** "1": the engine's own answer to /build. "2" makes docker use BuildKit's endpoints, which do not exist yet. */
const builderVersion = "1";

const pingHeaders = {
  "Cache-Control": "no-cache, no-store, must-revalidate",
  Pragma: "no-cache",
  "Builder-Version": builderVersion,
  Swarm: "inactive",
  "Content-Type": "text/plain; charset=utf-8",
};

function ping(exchange: Exchange): void {
  exchange.head(200, { ...pingHeaders, "Content-Length": 2 });
  exchange.response.end("OK");
}

function pingHead(exchange: Exchange): void {
  exchange.head(200, { ...pingHeaders, "Content-Length": 0 });
  exchange.response.end();
}

async function version(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.system.version());
}

async function info(exchange: Exchange): Promise<void> {
  exchange.json(infoFor(exchange.version, await exchange.backend.system.info()));
}

const usageTypes = ["container", "image", "volume", "build-cache"] as const;
type UsageType = (typeof usageTypes)[number];

async function diskUsage(exchange: Exchange): Promise<void> {
  const asked = exchange.version.since(42) ? exchange.query.all("type") : [];
  for (const type of asked) {
    if (!usageTypes.includes(type as UsageType)) throw invalid(`unknown object type: ${type}`);
  }
  const usage = await exchange.backend.system.diskUsage(
    asked.length === 0 ? undefined : (asked as UsageType[]),
  );
  exchange.json(diskUsageFor(exchange.version, usage));
}

async function events(exchange: Exchange): Promise<void> {
  const { query } = exchange;
  const now = BigInt(Date.now()) * 1_000_000n;
  const since = query.timestamp("since", now);
  const until = query.timestamp("until", now);
  if (since !== undefined && until !== undefined && since > until) {
    throw invalid(
      `\`since\` time (${query.string("since")}) cannot be after \`until\` time (${query.string("until")})`,
    );
  }
  const bounds = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  const messages = exchange.backend.system.events({ ...bounds, filters: query.filters() }, exchange.signal);
  exchange.begin("application/json");
  await sendJsonLines(exchange, eventsFor(exchange.version, messages));
}

export const systemRoutes: Route[] = [
  ["GET", "/_ping", ping],
  ["HEAD", "/_ping", pingHead],
  ["GET", "/version", version],
  ["GET", "/info", info],
  ["GET", "/events", events],
  ["GET", "/system/df", diskUsage],
];
