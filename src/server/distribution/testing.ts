import { gzipSync } from "node:zlib";
import type { RegistryServeMessage, RegistryServeRequest } from "../../api/index.ts";
import { tarHeader, writeTar } from "../../archive/index.ts";
import type { OfferOptions } from "../../engine/backend.ts";
import { testRooms } from "../../engine/image/testing.ts";
import { LocalOffer } from "../../engine/registry/offer/index.ts";
import { type Digest, digestOf } from "../../oci/digest.ts";
import { type Descriptor, mediaTypes } from "../../oci/image.ts";
import { serveRegistry } from "./serve.ts";

/** Real rooms, and registries on loopback that offer them. */
export async function testRegistries() {
  const rooms = await testRooms();
  const registries = { offer: (options: OfferOptions) => new LocalOffer(rooms, options) };
  const running: (() => Promise<void>)[] = [];
  return {
    rooms,
    async serve(options: Partial<RegistryServeRequest> = {}) {
      const abort = new AbortController();
      const messages = serveRegistry(registries, { Listen: "127.0.0.1:0", ...options }, abort.signal);
      const first = await messages.next();
      const { Listening: url } = first.value as { Listening: string };
      const said: RegistryServeMessage[] = [];
      const reading = (async () => {
        for await (const message of messages) said.push(message);
      })();
      let stopped: Promise<void> | undefined;
      const stop = () => {
        abort.abort();
        stopped ??= reading;
        return stopped;
      };
      running.push(stop);
      return { url, said, stop };
    },
    async [Symbol.asyncDispose]() {
      for (const stop of running) await stop();
      await rooms[Symbol.asyncDispose]();
    },
  };
}

/** A document or a blob, and how manifests refer to it. */
export interface Content {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly descriptor: Descriptor;
}

export function content(body: string | Uint8Array, mediaType = "application/octet-stream"): Content {
  const bytes = Uint8Array.from(Buffer.from(body));
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}

export function json(document: object, mediaType: string): Content {
  return content(JSON.stringify(document), mediaType);
}

/** A compressed layer with one file. */
export async function layer(text: string): Promise<Content & { diffID: Digest }> {
  const body = Buffer.from(text);
  const members = writeTar([{ header: tarHeader({ name: "file", size: body.length }), body }]);
  const archive = Buffer.concat(await Array.fromAsync(members));
  return { ...content(gzipSync(archive), mediaTypes.layerGzip), diffID: digestOf(archive) };
}

export interface PushedImage {
  readonly manifest: Content;
  readonly config: Content;
  readonly layers: readonly Content[];
}

/** An image with a layer for each text; `more` goes into its manifest. */
export async function image(
  texts: readonly string[],
  { architecture = "amd64", os = "linux", more = {} } = {},
): Promise<PushedImage> {
  const layers = await Promise.all(texts.map(layer));
  const diff_ids = layers.map(({ diffID }) => diffID);
  const config = json(
    { os, architecture, config: {}, rootfs: { type: "layers", diff_ids } },
    mediaTypes.config,
  );
  return { manifest: manifestOf(config, layers, more), config, layers };
}

export function manifestOf(config: Content, layers: readonly Content[], more: object = {}): Content {
  const document = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    ...more,
  };
  return json(document, mediaTypes.manifest);
}

export function indexOf(manifests: readonly Descriptor[], more: object = {}): Content {
  return json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests, ...more }, mediaTypes.index);
}

/** Speaks to one registry. */
export class RegistryClient {
  constructor(readonly url: string) {}

  fetch(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.url), { method, redirect: "error", ...init });
  }

  async pushBlob(repository: string, { bytes, descriptor }: Content): Promise<Response> {
    const path = `/v2/${repository}/blobs/uploads/?digest=${descriptor.digest}`;
    return await this.fetch("POST", path, { body: bytes });
  }

  async pushManifest(repository: string, { bytes, descriptor }: Content, tag?: string): Promise<Response> {
    const headers = { "Content-Type": descriptor.mediaType };
    const path = `/v2/${repository}/manifests/${tag ?? descriptor.digest}`;
    return await this.fetch("PUT", path, { body: bytes, headers });
  }

  /** Blobs first, then the manifest. */
  async pushImage(repository: string, pushed: PushedImage, tag?: string): Promise<Response> {
    for (const blob of [...pushed.layers, pushed.config]) await this.pushBlob(repository, blob);
    return await this.pushManifest(repository, pushed.manifest, tag);
  }
}
