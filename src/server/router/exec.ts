import { encodeFrame, StdStream } from "../../api/stdcopy.ts";
import { asSlipwayError } from "../../errors/index.ts";
import { readJson } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import { hijack } from "../http/hijack.ts";
import { streamType } from "../http/stream-type.ts";
import { execCreate, execStart } from "../request/exec.ts";
import { terminalSize } from "./resize.ts";
import type { Route } from "./router.ts";

async function create(exchange: Exchange): Promise<void> {
  const request = (await readJson(exchange, execCreate)) ?? {};
  exchange.json(await exchange.backend.execs.create(exchange.name, request), 201);
}

async function start(exchange: Exchange): Promise<void> {
  const { backend, name, version } = exchange;
  const { ConsoleSize, ...request } = (await readJson(exchange, execStart)) ?? {};
  // A size is for terminals, and clients before 1.42 did not mean it.
  const sized = ConsoleSize && request.Tty && version.since(42) ? { ...request, ConsoleSize } : request;
  if (request.Detach) {
    await backend.execs.startDetached(name, sized);
    exchange.empty(200);
    return;
  }
  const prepared = await backend.execs.prepare(name, sized);
  const type = streamType(version, exchange.upgrades ? prepared.framing : "raw");
  const { streams, finish } = hijack(exchange, type, true);
  try {
    await prepared.run(streams);
  } catch (thrown) {
    // The status is sent: as in Docker, the reason is the output, and inspect has the exit status.
    const reason = Buffer.from(`${asSlipwayError(thrown).message}\r\n`);
    streams.output.write(prepared.framing === "raw" ? reason : encodeFrame(StdStream.stdout, reason));
  } finally {
    finish();
  }
}

async function resize(exchange: Exchange): Promise<void> {
  await exchange.backend.execs.resize(exchange.name, terminalSize(exchange));
  exchange.empty(200);
}

async function inspect(exchange: Exchange): Promise<void> {
  exchange.json(await exchange.backend.execs.inspect(exchange.name));
}

export const execRoutes: Route[] = [
  ["POST", "/containers/{name}/exec", create],
  ["POST", "/exec/{name}/start", start],
  ["POST", "/exec/{name}/resize", resize],
  ["GET", "/exec/{name}/json", inspect],
];
