import type { BuildMessage, BuildRequest } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { jsonLines } from "../lines.ts";

/** Builds. The last message is a result or an error; `archive` is what the request's contexts speak of. */
export async function* build(
  client: Client,
  request: BuildRequest,
  archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = [],
  signal?: AbortSignal,
): AsyncGenerator<BuildMessage> {
  async function* body() {
    yield Buffer.from(`${JSON.stringify(request)}\n`);
    yield* archive;
  }
  const response = await client.request({
    method: "POST",
    path: "/builds",
    body: { stream: body(), contentType: "application/vnd.slipway.build", alongside: true },
    signal,
  });
  yield* jsonLines<BuildMessage>(response.body);
}
