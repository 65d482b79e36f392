import { invalid } from "../../errors/index.ts";
import { readStream } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendChunks, sendProgress } from "../http/stream.ts";
import { parsePlatformJson } from "../request/platform.ts";
import { imageInspectFor, imageSummariesFor } from "../version/image.ts";
import { importSource } from "./import-source.ts";
import type { Route } from "./router.ts";
import { pull, push } from "./transfer.ts";

async function list(exchange: Exchange): Promise<void> {
  const { backend, query, version } = exchange;
  const filters = query.filters();
  const pattern = version.before(25) ? query.string("filter") : undefined;
  const images = await backend.images.list({
    all: query.boolean("all"),
    filters: pattern === undefined ? filters : { reference: [pattern], ...filters },
    sharedSize: version.since(42) && query.boolean("shared-size"),
    manifests: version.since(47) && query.boolean("manifests"),
  });
  exchange.json(imageSummariesFor(version, images));
}

async function inspect(exchange: Exchange): Promise<void> {
  const { backend, name, query, version } = exchange;
  const manifests = version.since(48) && query.boolean("manifests");
  const [platform] = platformsOf(exchange, 49);
  if (manifests && platform !== undefined) {
    throw invalid("conflicting options: manifests and platform options cannot both be set");
  }
  const options = { manifests, ...(platform === undefined ? {} : { platform }) };
  exchange.json(imageInspectFor(version, await backend.images.inspect(name, options)));
}

async function history(exchange: Exchange): Promise<void> {
  const [platform] = platformsOf(exchange, 48);
  const options = platform === undefined ? {} : { platform };
  exchange.json(await exchange.backend.images.history(exchange.name, options));
}

async function tag(exchange: Exchange): Promise<void> {
  const { backend, name, query } = exchange;
  await backend.images.tag(name, query.string("repo") ?? "", query.string("tag"));
  exchange.empty(201);
}

async function remove(exchange: Exchange): Promise<void> {
  const { backend, name, query } = exchange;
  const options = {
    force: query.boolean("force"),
    noprune: query.boolean("noprune"),
    platforms: platformsOf(exchange, 50, "platforms"),
  };
  exchange.json(await backend.images.remove(name, options));
}

async function prune(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.images.prune(exchange.query.filters()));
}

async function save(exchange: Exchange, refs: string[]): Promise<void> {
  const platforms = platformsOf(exchange, 48);
  const archive = await exchange.backend.images.save(refs, { platforms }, exchange.signal);
  exchange.begin("application/x-tar");
  await sendChunks(exchange, archive);
}

async function load(exchange: Exchange): Promise<void> {
  const platforms = platformsOf(exchange, 48);
  const messages = exchange.backend.images.load(readStream(exchange), { platforms }, exchange.signal);
  const quiet = exchange.query.boolean("quiet");
  await sendProgress(exchange, quiet ? withoutProgress(messages) : messages);
}

async function* withoutProgress<T extends { progressDetail?: unknown }>(
  messages: AsyncIterable<T>,
): AsyncGenerator<T> {
  for await (const message of messages) if (message.progressDetail === undefined) yield message;
}

async function create(exchange: Exchange): Promise<void> {
  const image = exchange.query.string("fromImage");
  await (image === undefined ? importArchive(exchange) : pull(exchange, image));
}

async function importArchive(exchange: Exchange): Promise<void> {
  const { backend, query, signal } = exchange;
  const source = query.string("fromSrc");
  if (source === undefined) {
    throw invalid("name an image to pull with 'fromImage', or an archive to import with 'fromSrc'");
  }
  const options = {
    repo: query.string("repo"),
    tag: query.string("tag"),
    message: query.string("message"),
    platform: query.string("platform"),
  };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const archive = source === "-" ? readStream(exchange) : await importSource(source, signal);
  await sendProgress(
    exchange,
    backend.images.import(archive, { ...given, changes: query.all("changes") }, signal),
  );
}

async function bootstrap(exchange: Exchange): Promise<void> {
  const { backend, query, signal } = exchange;
  const options = {
    tag: query.string("t"),
    variant: query.string("variant"),
    mirror: query.string("mirror"),
  };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const include = query.all("include");
  const messages = backend.images.bootstrap({ ref: query.required("ref"), ...given, include }, signal);
  await sendProgress(exchange, messages);
}

/** Platforms in JSON, which older versions did not know and ignored. */
function platformsOf({ query, version }: Exchange, since: number, parameter = "platform"): string[] {
  return version.since(since) ? query.all(parameter).map(parsePlatformJson) : [];
}

export const imageRoutes: Route[] = [
  ["GET", "/images/json", list],
  ["GET", "/images/get", (exchange) => save(exchange, exchange.query.all("names"))],
  ["POST", "/images/create", create],
  ["POST", "/images/load", load],
  ["POST", "/images/prune", prune],
  ["POST", "/images/bootstrap", bootstrap],
  ["GET", "/images/{name}/json", inspect],
  ["GET", "/images/{name}/history", history],
  ["GET", "/images/{name}/get", (exchange) => save(exchange, [exchange.name])],
  ["POST", "/images/{name}/tag", tag],
  ["POST", "/images/{name}/push", push],
  ["DELETE", "/images/{name}", remove],
];
