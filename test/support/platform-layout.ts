import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type TarEntry, tar } from "./tar.ts";

export interface Platform {
  os: string;
  architecture: string;
}

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: Platform;
  annotations?: Record<string, string>;
}

export const host: Platform = { os: "linux", architecture: process.arch === "arm64" ? "arm64" : "amd64" };
export const other: Platform = { os: "linux", architecture: "s390x" };
export const absent: Platform = { os: "linux", architecture: "riscv64" };
export const text = ({ os, architecture }: Platform) => `${os}/${architecture}`;

/** An OCI layout as Buildx makes them, of two images and an attestation; the third platform is only listed. */
export class Layout {
  readonly #blobs = new Map<string, Buffer>();
  readonly manifests: Descriptor[];
  readonly index: Descriptor;
  readonly attestation: Descriptor;
  readonly ids: string[];

  constructor(readonly name: string) {
    const images = [host, other].map((platform) => this.#image(platform));
    this.ids = images.map(({ id }) => id);
    const statement = this.#add(
      '{"_type":"https://in-toto.io/Statement/v0.1"}',
      "application/vnd.in-toto+json",
    );
    const subject = images[0]?.manifest.digest ?? "";
    this.attestation = {
      ...this.#manifest({ os: "unknown", architecture: "unknown" }, [statement]).manifest,
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": subject,
      },
    };
    const missing = { ...describe(Buffer.from(`not in ${name}`), mediaType("manifest")), platform: absent };
    this.manifests = [...images.map(({ manifest }) => manifest), missing, this.attestation];
    this.index = this.#add(
      { schemaVersion: 2, mediaType: mediaType("index"), manifests: this.manifests },
      mediaType("index"),
    );
  }

  /** With the files of all images, or without those of one. */
  archive(broken?: string): Buffer {
    const named = {
      ...this.index,
      annotations: { "io.containerd.image.name": `docker.io/library/${this.name}` },
    };
    const files: TarEntry[] = [
      { name: "oci-layout", data: JSON.stringify({ imageLayoutVersion: "1.0.0" }) },
      { name: "index.json", data: JSON.stringify({ schemaVersion: 2, manifests: [named] }) },
    ];
    for (const [digest, data] of this.#blobs) {
      const damaged = digest === broken ? Buffer.from("something else") : data;
      files.push({ name: `blobs/sha256/${digest.slice(7)}`, data: damaged });
    }
    return tar(files);
  }

  get blobs(): string[] {
    return [...this.#blobs.keys()].sort();
  }

  #image(platform: Platform): { manifest: Descriptor; id: string } {
    const layer = tar([{ name: "platform", data: `${text(platform)} of ${this.name}` }]);
    const packed = this.#add(gzipSync(layer), mediaType("layer", "tar+gzip"));
    return this.#manifest(platform, [packed], describe(layer, "").digest);
  }

  #manifest(platform: Platform, layers: Descriptor[], diffID?: string) {
    const rootfs = { type: "layers", diff_ids: diffID === undefined ? [] : [diffID] };
    const created = "2026-01-02T03:04:05Z";
    const history = [{ created, created_by: `made for ${text(platform)}` }];
    const config = this.#add({ created, ...platform, config: {}, rootfs, history }, mediaType("config"));
    const manifest = this.#add(
      { schemaVersion: 2, mediaType: mediaType("manifest"), config, layers },
      mediaType("manifest"),
    );
    return { manifest: { ...manifest, platform }, id: config.digest };
  }

  #add(content: Buffer | object | string, type: string): Descriptor {
    const isText = typeof content === "string";
    const bytes = Buffer.isBuffer(content)
      ? content
      : Buffer.from(isText ? content : JSON.stringify(content));
    const descriptor = describe(bytes, type);
    this.#blobs.set(descriptor.digest, bytes);
    return descriptor;
  }
}

function mediaType(what: string, format = what === "layer" ? "tar" : "json"): string {
  return `application/vnd.oci.image.${what}.v1+${format}`.replace("v1+tar", "v1.tar");
}

function describe(bytes: Buffer, type: string): Descriptor {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { mediaType: type, digest, size: bytes.length };
}
