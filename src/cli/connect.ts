import { Client } from "../client/client.ts";
import { type Address, parseHost } from "../client/host.ts";
import { messageOf } from "../errors/index.ts";
import { requestHeaders } from "./config/headers.ts";
import type { ConfigValues } from "./config/values.ts";
import type { HostChoice } from "./host.ts";
import { wrong } from "./local-error.ts";
import { answers } from "./probe.ts";

/** A client of the chosen engine. An engine of ours is started first when the default socket has none. */
export async function connect(
  choice: HostChoice,
  { HttpHeaders }: Pick<ConfigValues, "HttpHeaders"> = {},
): Promise<Client> {
  const address = readHost(choice.host);
  const client = new Client(address, HttpHeaders ? { headers: requestHeaders(HttpHeaders) } : {});
  if (choice.explicit || !("unix" in address) || (await answers(address.unix))) return client;
  if (process.getuid?.() !== 0) {
    throw wrong(
      `Cannot connect to the slipway engine at ${choice.host}. Is it running? Start it with: slipway daemon`,
    );
  }
  const { startEngine } = await import("./start-engine.ts");
  await startEngine(address.unix);
  return client;
}

function readHost(host: string): Address {
  try {
    return parseHost(host);
  } catch (error) {
    throw wrong(messageOf(error));
  }
}
