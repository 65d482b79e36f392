import { readFile } from "node:fs/promises";
import { cancelled, errnoOf, messageOf, systemError } from "../../errors/index.ts";
import { abortable } from "../../os/abortable.ts";
import type { PluginAddress } from "./discovery.ts";

/** How long a call may take, waits for a plugin that does not listen yet included; milliseconds. */
export const callLimit = 30_000;

const accepts = "application/vnd.docker.plugins.v1.2+json";
const sends = "application/vnd.docker.plugins.v1.1+json";
/** The most that a plugin may answer, in bytes. */
const maximumAnswer = 16 * 1024 * 1024;

/** Speaks Docker's plugin protocol: one POST for each call, JSON in both directions. */
export class PluginClient {
  readonly name: string;

  constructor(
    private readonly plugin: PluginAddress,
    private readonly limit = callLimit,
  ) {
    this.name = plugin.name;
  }

  /**
   * The plugin's answer. `system` with its words when it refuses, and with ours when it answers no JSON object, or not in
   * time. A plugin that does not listen is tried again after 1, 2, 4 … seconds, as Docker does,
   * unless nobody needs this one in particular (`patient` is false).
   */
  async call(
    method: string,
    body: unknown,
    signal: AbortSignal,
    { patient = true } = {},
  ): Promise<Record<string, unknown>> {
    const late = AbortSignal.timeout(this.limit);
    const either = AbortSignal.any([signal, late]);
    try {
      const response = await this.#send(method, JSON.stringify(body), either, patient);
      const text = await readText(response, this.#what(method));
      return this.#understand(method, response.status, text);
    } catch (cause) {
      if (signal.aborted) throw cancelled(`${this.#what(method)} was given up`, { cause });
      if (late.aborted) {
        throw systemError(`${this.#what(method)}: no answer within ${this.limit / 1000} seconds`, {
          cause,
          errno: "ETIMEDOUT",
        });
      }
      throw cause;
    }
  }

  async #send(method: string, body: string, signal: AbortSignal, patient: boolean): Promise<Response> {
    const started = performance.now();
    for (let wait = 1000; ; wait *= 2) {
      try {
        return await fetch(...(await this.#request(method, body, signal)));
      } catch (cause) {
        signal.throwIfAborted();
        const ended = !patient || performance.now() - started + wait >= this.limit;
        if (ended || !notListening.has(errnoOf(cause) ?? "")) {
          throw systemError(`${this.#what(method)}: ${messageOf(cause)}`, { cause });
        }
        await abortable(Bun.sleep(wait), signal);
      }
    }
  }

  async #request(method: string, body: string, signal: AbortSignal): Promise<[string, BunFetchRequestInit]> {
    const headers = { accept: accepts, "content-type": sends };
    const init: BunFetchRequestInit = { method: "POST", body, headers, signal, redirect: "error" };
    const { address, tls } = this.plugin;
    if (address.startsWith("unix://")) {
      return [`http://plugin.moby.localhost/${method}`, { ...init, unix: address.slice("unix://".length) }];
    }
    const url = `${address.replace(/^tcp:/, "http:").replace(/\/$/, "")}/${method}`;
    if (!url.startsWith("https:") || tls === undefined) return [url, init];
    const [ca, cert, key] = await Promise.all([tls.ca, tls.certificate, tls.key].map(readIfNamed));
    const options = {
      rejectUnauthorized: !tls.insecure,
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
    };
    return [url, { ...init, tls: options }];
  }

  #understand(method: string, status: number, text: string): Record<string, unknown> {
    const answer = parseObject(text);
    const refusal = typeof answer?.Err === "string" ? answer.Err : "";
    if (status !== 200) throw systemError(`${method}: ${refusal || text.trim() || `status ${status}`}`);
    if (refusal !== "") throw systemError(refusal);
    if (answer === undefined) {
      throw systemError(
        `${this.#what(method)}: the plugin's answer is no JSON object: ${text.slice(0, 100)}`,
      );
    }
    return answer;
  }

  #what(method: string): string {
    return `plugin ${this.name}: ${method}`;
  }
}

/** What Bun and the system call a socket that nobody listens on. */
const notListening = new Set(["ConnectionRefused", "FailedToOpenSocket", "ECONNREFUSED", "ENOENT"]);

const readIfNamed = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined ? undefined : await readFile(path, "utf8");

async function readText(response: Response, what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maximumAnswer) throw systemError(`${what}: the answer is longer than ${maximumAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
