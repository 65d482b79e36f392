import {
  formatAccess,
  type RegistryAccess,
  type RegistryServeMessage,
  type RegistryServeRequest,
} from "../../api/index.ts";
import type { RegistryVerbs } from "../../engine/backend.ts";
import { messageOf } from "../../errors/index.ts";
import type { ServerLog } from "../listener.ts";
import { serveRegistry } from "./serve.ts";

export interface RegistryOptions {
  registries: Pick<RegistryVerbs, "offer">;
  request: RegistryServeRequest;
  log: ServerLog;
  /** Called when a request was answered. */
  onActivity?: () => void;
}

/** Is a registry until it is closed. Errors: those of `serveRegistry`, before it listens. */
export async function startRegistry(options: RegistryOptions): Promise<{ close(): Promise<void> }> {
  const ended = new AbortController();
  const messages = serveRegistry(options.registries, options.request, ended.signal);
  const first = await messages.next();
  if (!first.done) tell(first.value, options);
  const done = follow(messages, options);
  return {
    async close() {
      ended.abort();
      await done;
    },
  };
}

async function follow(
  messages: AsyncIterable<RegistryServeMessage>,
  options: RegistryOptions,
): Promise<void> {
  try {
    for await (const message of messages) tell(message, options);
  } catch (error) {
    options.log("error", `the registry is not served any more: ${messageOf(error)}`);
  }
}

function tell(message: RegistryServeMessage, { log, onActivity }: RegistryOptions): void {
  onActivity?.();
  if ("Listening" in message) log("info", `images are served on ${message.Listening}`);
  else if ("Missed" in message) log("warn", `registry: ${message.Missed} requests were too many to be told`);
  else log(levelOf(message.Access), `registry: ${formatAccess(message.Access)}`);
}

function levelOf({ Method, Note }: RegistryAccess): "warn" | "info" | "debug" {
  if (Note !== undefined) return "warn";
  return Method === "GET" || Method === "HEAD" ? "debug" : "info";
}
