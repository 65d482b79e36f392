import { invalid, SlipwayError, systemError, unavailable } from "../errors/index.ts";
import type { Descriptor } from "../oci/image.ts";
import { isPassing } from "./connection-failure.ts";
import type { Reply } from "./exchange.ts";
import { failureOf } from "./failure.ts";
import { locationOf, withParameter } from "./location.ts";
import type { UploadOptions } from "./repository.ts";
import { attemptsFor, backOff, wait } from "./retry.ts";
import type { Session } from "./session.ts";

/** Bytes that an attempt must have brought so that its end does not count as a failure in a row. */
const headway = 1024 * 1024;

/**
 * One blob on its way to a repository: one PUT of everything; what the registry has of an upload that broke is asked for, and the
 * rest sent as a chunk (distribution-spec, "Pushing blobs").
 */
export class Upload {
  /** Bytes of the blob that a connection has taken. */
  #sent = 0;
  /** Whether the last request had a part of the blob as its body. */
  #streaming = false;
  readonly #scopes: readonly string[];

  constructor(
    private readonly session: Session,
    private readonly name: string,
    private readonly descriptor: Descriptor,
    private readonly open: (offset: number) => AsyncIterable<Uint8Array>,
    private readonly options: UploadOptions,
  ) {
    this.#scopes = [`repository:${name}:pull,push`];
  }

  /** `begun`: where the registry has already opened an upload for us. */
  async run(begun?: URL): Promise<void> {
    const { limits } = this.session;
    const { signal } = this.options;
    let location = begun;
    let offset = 0;
    for (let failures = 0; ; ) {
      try {
        location ??= await this.#begin();
        await this.#send(location, offset);
        return;
      } catch (error) {
        if (signal.aborted || !this.#mayGoOn(error)) throw error;
        failures = this.#sent - offset >= headway ? 1 : failures + 1;
        if (failures >= attemptsFor(error, limits)) throw error;
      }
      await wait(backOff(limits, failures), signal);
      const status = location === undefined ? undefined : await this.#status(location);
      location = status?.location;
      offset = status?.offset ?? 0;
    }
  }

  async #begin(): Promise<URL> {
    const reply = await this.#request("POST", `${this.name}/blobs/uploads/`, { "Content-Length": "0" });
    return locationOf(await this.#expect(reply, 202));
  }

  async #send(location: URL, offset: number): Promise<void> {
    const { digest, size } = this.descriptor;
    if (offset === 0) {
      const reply = await this.#stream("PUT", withParameter(location, "digest", digest), 0);
      return await this.#stored(reply);
    }
    const further = offset < size ? await this.#chunk(location, offset) : location;
    const last = await this.#request("PUT", withParameter(further, "digest", digest), {
      "Content-Length": "0",
    });
    await this.#stored(last);
  }

  async #chunk(location: URL, offset: number): Promise<URL> {
    const range = `${offset}-${this.descriptor.size - 1}`;
    const reply = await this.#stream("PATCH", location, offset, { "Content-Range": range });
    if (reply.status === 416) throw unavailable(`${reply.url.host} has lost a part of an upload`);
    this.#streaming = false;
    return locationOf(await this.#expect(reply, 202));
  }

  async #stored(reply: Reply): Promise<void> {
    const stored = (await this.#expect(reply, 201)).headers.get("docker-content-digest");
    const { digest } = this.descriptor;
    if (stored?.startsWith("sha256:") && stored !== digest)
      throw invalid(`${reply.url.host} stored the blob ${digest} as ${stored}`);
  }

  /** How much the registry has; undefined when it has forgotten the upload. */
  async #status(location: URL): Promise<{ location: URL; offset: number } | undefined> {
    const reply = await this.#request("GET", location);
    await reply.discard();
    const end = /^(?:bytes=)?0-(\d+)$/.exec(reply.headers.get("range") ?? "")?.[1];
    if (reply.status !== 204 || end === undefined) return undefined;
    const next = reply.headers.get("location") === null ? location : locationOf(reply);
    // "0-0" is what registries say of nothing as well as of one byte.
    const offset = end === "0" ? 0 : Number(end) + 1;
    return offset > this.descriptor.size ? undefined : { location: next, offset };
  }

  #stream(method: "PUT" | "PATCH", path: URL, offset: number, headers = {}): Promise<Reply> {
    this.#sent = offset;
    this.#streaming = true;
    return this.session.request({
      method,
      path,
      headers: { "Content-Type": "application/octet-stream", ...headers },
      body: { length: this.descriptor.size - offset, open: () => this.#counted(offset) },
      scopes: this.#scopes,
      signal: this.options.signal,
      attempts: 1,
    });
  }

  async *#counted(offset: number): AsyncGenerator<Uint8Array> {
    const { size } = this.descriptor;
    this.#sent = offset;
    for await (const chunk of this.open(offset)) {
      if (this.#sent + chunk.length > size) throw systemError(`a blob of ${size} bytes has become longer`);
      yield chunk;
      this.#sent += chunk.length;
      this.options.onProgress?.(this.#sent);
    }
    if (this.#sent < size) throw systemError(`a blob of ${size} bytes ended after ${this.#sent}`);
  }

  #request(method: "GET" | "POST" | "PUT", path: string | URL, headers = {}): Promise<Reply> {
    this.#streaming = false;
    return this.session.request({
      method,
      path,
      headers,
      scopes: this.#scopes,
      signal: this.options.signal,
    });
  }

  async #expect(reply: Reply, status: number): Promise<Reply> {
    if (reply.status !== status) throw await failureOf(reply);
    await reply.discard();
    return reply;
  }

  /**
   * After a connection that broke, or a registry's passing trouble, while a body was under way: single requests have
   * been retried by then.
   */
  #mayGoOn(error: unknown): boolean {
    if (!this.#streaming || !(error instanceof SlipwayError) || error.kind !== "unavailable") return false;
    return error.details.errno === undefined || isPassing(error);
  }
}
