import type { BuildFailure, BuildRequest, BuildResult } from "../../api/index.ts";
import type { Client } from "../../client/client.ts";
import { systemError } from "../../errors/index.ts";
import { BrokenOutput } from "./broken-output.ts";
import type { Output } from "./output.ts";
import type { View } from "./progress/index.ts";
import { requestBuild } from "./send.ts";

export interface BuildCall {
  readonly request: BuildRequest;
  readonly archive: AsyncIterable<Uint8Array> | undefined;
  readonly outputs: readonly Output[];
  readonly view: View;
  readonly signal: AbortSignal;
}

export type Outcome =
  /** `build`: its id. */
  { readonly result: BuildResult; readonly build: string } | { readonly failure: BuildFailure };

/** Has the engine build, shows what it tells, and takes what it makes. */
export async function runBuild(client: Client, call: BuildCall): Promise<Outcome> {
  const { request, archive, outputs, view, signal } = call;
  const receiving: Promise<void>[] = [];
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  let id = "";
  let outcome: Outcome | undefined;
  try {
    for await (const message of requestBuild(client, request, archive, until)) {
      if (message.id !== undefined) id = message.id;
      if (message.status !== undefined) view.show(message.status);
      if (message.output !== undefined) {
        const { Index } = message.output;
        // Most builds leave their image with the engine: what takes files apart is loaded for those that do not.
        const received = import("./receive.ts").then(({ receive }) =>
          receive(client, id, Index, outputs[Index] as Output, until),
        );
        received.catch((error: unknown) => {
          // What cannot be written here ends the build there; why nothing more comes from there, it says itself.
          if (!(error instanceof BrokenOutput)) stop.abort(error);
        });
        receiving.push(received);
      }
      if (message.result !== undefined) outcome = { result: message.result, build: id };
      if (message.error !== undefined) outcome = { failure: message.error };
    }
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason;
    throw error;
  } finally {
    await Promise.allSettled(receiving);
    view.end();
  }
  if (outcome !== undefined && "failure" in outcome) return outcome;
  await Promise.all(receiving);
  if (outcome === undefined)
    throw systemError("the engine ended the build without a result", { cause: call });
  return outcome;
}
