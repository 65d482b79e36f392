import type { ProgressMessage } from "../api/index.ts";
import { asSlipwayError, systemError } from "../errors/index.ts";

/** A stream of JSON values, one a line. */
export async function* jsonLines<T>(body: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield parse<T>(line);
  }
  if (rest.trim() !== "") yield parse<T>(rest);
}

function parse<T>(line: string): T {
  try {
    return JSON.parse(line) as T;
  } catch (error) {
    throw asSlipwayError(error);
  }
}

/** A progress stream; the failure that ends one, sent in the stream because its head is long gone, is thrown. */
export async function* progress(body: AsyncIterable<Uint8Array>): AsyncGenerator<ProgressMessage> {
  for await (const message of jsonLines<ProgressMessage>(body)) {
    const failed = message.errorDetail?.message ?? message.error;
    // With a cause it is not taken for the engine's answer to the request, which was a success.
    if (failed !== undefined) throw systemError(failed, { cause: message });
    yield message;
  }
}
