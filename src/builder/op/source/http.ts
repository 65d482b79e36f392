import { join } from "node:path";
import type { Table } from "../../../metastore/index.ts";
import { type Digest, digestOf } from "../../../oci/digest.ts";
import { canonicalJson, type HttpOp } from "../../graph/index.ts";
import type { Operation, OpJob, Result } from "../../solver/model.ts";
import { type WritableRoot, writeLayer } from "../layer/write.ts";
import { remember } from "../remember.ts";
import type { OpRooms } from "../rooms.ts";
import { nameOf } from "./http-name.ts";
import { type Answer, ask } from "./http-request.ts";
import { saveBody } from "./http-save.ts";

/** What a server said of a file, to ask it next time whether that is still so. */
interface Remembered {
  readonly etag?: string;
  readonly modified?: string;
  readonly digest: Digest;
  readonly name: string;
}

const mostRemembered = 5000;
/** So many results wait for whoever asked what they are to take them. */
const mostFetched = 64;

/** ADD of a URL: one file. Whether the server has another one since is asked each time, unless a checksum says what it must be. */
export class HttpOperation implements Operation<HttpOp> {
  readonly #known: Table<Remembered>;
  /** What had to be fetched to learn its digest, by the operation. */
  readonly #fetched = new Map<string, Result>();

  constructor(private readonly rooms: OpRooms) {
    this.#known = rooms.metastore.table<Remembered>("build-http");
  }

  async key(op: HttpOp, _inputs: readonly Result[], job: OpJob): Promise<Digest> {
    if (op.checksum !== undefined && op.filename !== undefined) return keyOf(op, op.checksum, op.filename);
    const known = this.#known.get(op.url);
    const answer = await ask(op.url, conditions(known), job.signal);
    if (answer.response.status === 304 && known !== undefined) return keyOf(op, known.digest, known.name);
    const { result, digest, name } = await this.#take(op, answer, job);
    this.#fetched.set(canonicalJson(op), result);
    const [oldest] = this.#fetched.keys();
    if (this.#fetched.size > mostFetched && oldest !== undefined) this.#fetched.delete(oldest);
    return keyOf(op, digest, name);
  }

  async run(op: HttpOp, _inputs: readonly Result[], job: OpJob): Promise<Result> {
    const { snapshots } = this.rooms.images;
    const fetched = this.#fetched.get(canonicalJson(op));
    this.#fetched.delete(canonicalJson(op));
    const isThere =
      fetched?.kind === "layers" && fetched.layers.every(({ chainID }) => snapshots.has(chainID));
    if (fetched !== undefined && isThere) return fetched;
    return (await this.#take(op, await ask(op.url, {}, job.signal), job)).result;
  }

  async #take(op: HttpOp, { response }: Answer, job: OpJob): Promise<Remembered & { result: Result }> {
    const { headers } = response;
    const name = nameOf(op.url, op.filename, headers.get("content-disposition"));
    const saved: Digest[] = [];
    const save = async ({ root }: WritableRoot) => {
      saved.push(await saveBody(response, join(root, name), op, job));
      return {};
    };
    const layer = await writeLayer(this.rooms, [], save, job.signal);
    const [etag, modified] = [headers.get("etag"), headers.get("last-modified")];
    const remembered: Remembered = {
      digest: saved[0] as Digest,
      name,
      ...(etag === null ? {} : { etag }),
      ...(modified === null ? {} : { modified }),
    };
    if (etag !== null || modified !== null) remember(this.#known, op.url, remembered, mostRemembered);
    return { ...remembered, result: { kind: "layers", layers: [layer] } };
  }
}

function keyOf({ mode, uid, gid }: HttpOp, digest: Digest, name: string): Digest {
  return digestOf(canonicalJson(["http", digest, name, mode ?? null, uid ?? null, gid ?? null]));
}

function conditions(known: Remembered | undefined): Record<string, string> {
  return {
    ...(known?.etag === undefined ? {} : { "if-none-match": known.etag }),
    ...(known?.modified === undefined || known.etag !== undefined
      ? {}
      : { "if-modified-since": known.modified }),
  };
}
