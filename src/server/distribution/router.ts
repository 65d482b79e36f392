import { deleteBlob, getBlob } from "./blobs.ts";
import type { Call, Handler } from "./call.ts";
import { failure } from "./failure.ts";
import { listRepositories, listTags } from "./listing.ts";
import { deleteManifest, getManifest, putManifest } from "./manifests.ts";
import { listReferrers } from "./referrers.ts";
import { deleteUpload, getUpload, patchUpload, postUpload, putUpload } from "./uploads.ts";

type Methods = Readonly<Record<string, Handler>>;

const reading = (handler: Handler): Methods => ({ GET: handler, HEAD: handler });

/** The API's endpoints (distribution-spec, "Endpoints"): the repository is what stands before, the reference the group. */
const endpoints: readonly (readonly [pattern: RegExp, methods: Methods])[] = [
  [/\/manifests\/([^/]+)$/, { ...reading(getManifest), PUT: putManifest, DELETE: deleteManifest }],
  [/\/blobs\/uploads\/?$/, { POST: postUpload }],
  [
    /\/blobs\/uploads\/([^/]+)$/,
    { GET: getUpload, PATCH: patchUpload, PUT: putUpload, DELETE: deleteUpload },
  ],
  [/\/blobs\/([^/]+)$/, { ...reading(getBlob), DELETE: deleteBlob }],
  [/\/tags\/list$/, reading(listTags)],
  [/\/referrers\/([^/]+)$/, reading(listReferrers)],
];

const prefix = "/v2/";

/** Answers a request whose user may make it. */
export async function route(call: Omit<Call, "repository" | "reference">): Promise<Response> {
  const path = new URL(call.request.url).pathname;
  if (path === prefix || path === "/v2") return dispatch(reading(versionCheck), named(call, "", ""));
  if (path === `${prefix}_catalog`) return dispatch(reading(listRepositories), named(call, "", ""));
  for (const [pattern, methods] of path.startsWith(prefix) ? endpoints : []) {
    const match = pattern.exec(path);
    if (match === null || match.index < prefix.length) continue;
    const repository = path.slice(prefix.length, match.index);
    const standing = call.offer.standing(repository);
    if (standing === "malformed")
      return failure("NAME_INVALID", `"${repository}" is no name of a repository`);
    if (standing === "withheld") return failure("NAME_UNKNOWN", `there is no repository ${repository}`);
    return await dispatch(methods, named(call, repository, decoded(match[1] ?? "")));
  }
  return failure("UNSUPPORTED", `there is no ${path} in the registry's API`, { status: 404 });
}

function named(call: Omit<Call, "repository" | "reference">, repository: string, reference: string): Call {
  return { ...call, repository, reference };
}

async function dispatch(methods: Methods, call: Call): Promise<Response> {
  const { method } = call.request;
  const isAllowed = call.offer.writable || method === "GET" || method === "HEAD";
  const handler = isAllowed ? methods[method] : undefined;
  if (handler !== undefined) return await handler(call);
  const allowed = Object.keys(methods).filter((name) => call.offer.writable || /^(GET|HEAD)$/.test(name));
  const why = isAllowed ? "this cannot be done here" : "this registry is read-only: serve it with --writable";
  return failure("UNSUPPORTED", `${method}: ${why}`, { headers: { Allow: allowed.join(", ") } });
}

function versionCheck(): Response {
  return Response.json({});
}

/** A colon may come escaped. What is no UTF-8 is no reference either. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
