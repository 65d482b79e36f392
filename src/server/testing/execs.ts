import type * as api from "../../api/index.ts";
import type { AttachStreams, ExecVerbs, PreparedStream } from "../../engine/backend.ts";
import { notFound, SlipwayError } from "../../errors/index.ts";
import { echo } from "./echo.ts";

/** Execs that echo; one whose command is `missing` fails when it starts. */
export class TestExecs implements ExecVerbs {
  readonly byId = new Map<string, api.ExecCreateRequest>();
  last: unknown;

  async create(_container: string, request: api.ExecCreateRequest) {
    const Id = `exec${this.byId.size + 1}`;
    this.byId.set(Id, request);
    return { Id };
  }

  #find(id: string): api.ExecCreateRequest {
    const found = this.byId.get(id);
    if (found === undefined) throw notFound(`No such exec instance: ${id}`);
    return found;
  }

  async prepare(id: string, request: api.ExecStartRequest): Promise<PreparedStream> {
    this.last = request;
    const { Tty, Cmd } = this.#find(id);
    const run = async (streams: AttachStreams) => {
      if (Cmd?.[0] === "missing")
        throw new SlipwayError("invalid", "exec failed: missing", { exitCode: 127 });
      await echo(streams, !Tty);
    };
    return { framing: Tty ? "raw" : "multiplexed", run };
  }

  async startDetached(id: string, request: api.ExecStartRequest) {
    this.last = request;
    this.#find(id);
  }

  async resize(_id: string, size: unknown) {
    this.last = size;
  }

  async inspect(id: string) {
    this.#find(id);
    return { ID: id, Running: false, ExitCode: 0 } as api.ExecInspect;
  }
}
