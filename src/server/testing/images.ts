import type * as api from "../../api/index.ts";
import type { BootstrapOptions, ImageVerbs, PullOptions, PushOptions } from "../../engine/backend.ts";
import { invalid, notFound } from "../../errors/index.ts";
import { bytes } from "./containers.ts";

/** One image, `app:latest`; archives are counted, and those that begin with `bad` are refused. */
export class TestImages implements ImageVerbs {
  last: unknown;
  loaded = 0;

  async list(options: unknown) {
    this.last = options;
    return [image];
  }

  async inspect(ref: string) {
    if (ref !== "app" && ref !== "registry/team/app") throw notFound(`No such image: ${ref}`);
    return {
      ...image,
      Created: "2026-01-01T00:00:00Z",
      Config: { Cmd: ["sh"] },
    } as unknown as api.ImageInspect;
  }

  async history() {
    return [];
  }

  async tag(...args: unknown[]) {
    this.last = args;
  }

  async remove(ref: string) {
    return [{ Untagged: ref }];
  }

  async prune(filters: api.Filters) {
    this.last = filters;
    return { ImagesDeleted: null, SpaceReclaimed: 0 };
  }

  async save(refs: string[], options: unknown) {
    this.last = [refs, options];
    return bytes(4096);
  }

  async *load(archive: AsyncIterable<Uint8Array>): AsyncGenerator<api.ProgressMessage> {
    this.loaded = 0;
    for await (const chunk of archive) {
      if (this.loaded === 0 && Buffer.from(chunk).toString().startsWith("bad"))
        throw invalid("not an archive");
      this.loaded += chunk.length;
    }
    yield { progressDetail: { current: this.loaded } };
    yield { stream: "Loaded image: app:latest\n" };
  }

  async *import(archive: AsyncIterable<Uint8Array>, options: unknown): AsyncGenerator<api.ProgressMessage> {
    this.last = options;
    for await (const _ of archive);
    yield { status: `sha256:${"1".repeat(64)}` };
  }

  async pull(options: PullOptions) {
    this.last = options;
    if (options.ref.startsWith("missing")) throw notFound("manifest unknown");
    return said({ status: `Pulling ${options.ref}` });
  }

  async push(options: PushOptions) {
    this.last = options;
    return said({ aux: { Tag: "latest", Digest: `sha256:${"1".repeat(64)}`, Size: 1 } });
  }

  async *bootstrap(options: BootstrapOptions): AsyncGenerator<api.ProgressMessage> {
    const { ref } = options;
    this.last = options;
    yield { status: `fetching ${ref}` };
    if (ref === "broken") throw invalid("no such release");
  }
}

async function* said(message: api.ProgressMessage): AsyncGenerator<api.ProgressMessage> {
  yield message;
}

const image: api.ImageSummary = {
  Id: `sha256:${"1".repeat(64)}`,
  ParentId: "",
  RepoTags: [],
  RepoDigests: [],
  Created: 1_767_225_600,
  Size: 10,
  SharedSize: -1,
  Labels: null,
  Containers: 2,
  Descriptor: { mediaType: "m", digest: "d", size: 1 },
};
