import type * as api from "../../api/index.ts";
import type { BuildVerbs } from "../../engine/backend.ts";
import { bytes } from "./containers.ts";

/** Builds that tell what they are told to; it remembers what it was asked, and what was sent with it. */
export class TestBuilds implements BuildVerbs {
  last: unknown;
  sent = "";
  messages: api.BuildMessage[] = [{ id: "one" }, { result: { Targets: [], Warnings: [] } }];

  async *build(
    request: api.BuildRequest,
    archive: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<api.BuildMessage> {
    this.last = request;
    this.sent = Buffer.concat(await Array.fromAsync(archive)).toString();
    yield* this.messages;
  }

  output(...asked: unknown[]): AsyncIterable<Uint8Array> {
    this.last = asked.slice(0, 2);
    return bytes(16);
  }

  cancel(build: string): void {
    this.last = build;
  }

  async usage() {
    return [];
  }

  async prune(options: api.BuildPruneOptions) {
    this.last = options;
    return { CachesDeleted: null, SpaceReclaimed: 0 };
  }
}
