import type * as api from "../../api/index.ts";
import type { SystemVerbs } from "../../engine/backend.ts";
import { aborted } from "./containers.ts";

export class TestSystem implements SystemVerbs {
  last: unknown;
  lastSignal: AbortSignal | undefined;

  async version() {
    return {
      Platform: { Name: "test" },
      Components: [],
      Version: "0.1.0",
      ApiVersion: "1.51",
      MinAPIVersion: "1.24",
      Os: "linux",
      Arch: "amd64",
    } as unknown as api.VersionResponse;
  }

  async info() {
    const ID = "1";
    return {
      ID: "test",
      ContainerdCommit: { ID },
      RuncCommit: { ID },
      InitCommit: { ID },
      RegistryConfig: {},
    } as unknown as api.InfoResponse;
  }

  /** Answers what happened between two times, or one event and then nothing until the client leaves. */
  async *events(
    options: { since?: bigint; until?: bigint; filters: api.Filters },
    signal: AbortSignal,
  ): AsyncGenerator<api.EventMessage> {
    this.last = options;
    this.lastSignal = signal;
    if (options.since !== undefined) {
      for (const Action of ["create", "tag"]) yield event(Action);
    }
    if (options.until === undefined) await aborted(signal);
  }

  async diskUsage(types?: string[]) {
    this.last = types;
    return { LayersSize: 0, Images: null };
  }
}

function event(Action: string): api.EventMessage {
  return { Type: "image", Action, Actor: { ID: "1", Attributes: {} }, scope: "local", time: 1, timeNano: 1 };
}
