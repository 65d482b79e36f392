import { type Digest, isDigest } from "../../../oci/digest.ts";
import { isObject, parseJson } from "../../image/documents.ts";

/** What a manifest or an index says of itself to those who look for it by its subject. */
export interface Description {
  readonly subject?: Digest;
  readonly artifactType?: string;
  readonly annotations?: Record<string, string>;
}

/** Of an image manifest without an artifact type its config's media type counts (distribution-spec, "Listing Referrers"). */
export function describe(bytes: Uint8Array): Description {
  const document = parseJson(bytes, "the manifest");
  if (!isObject(document)) return {};
  const { subject, annotations, config } = document;
  const digest = isObject(subject) ? subject.digest : undefined;
  const artifactType = document.artifactType || (isObject(config) ? config.mediaType : undefined);
  return {
    ...(typeof digest === "string" && isDigest(digest) ? { subject: digest } : {}),
    ...(typeof artifactType === "string" ? { artifactType } : {}),
    ...(isObject(annotations) ? { annotations: annotations as Record<string, string> } : {}),
  };
}
