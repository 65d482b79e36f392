import { digestOf } from "../../../oci/digest.ts";
import type { BuildWarning } from "../../progress/model.ts";
import type { Source } from "../parser/index.ts";
import { isProxy } from "./globals.ts";
import type { FrontendOptions } from "./model.ts";

/** Arguments that need no ARG to be of use. */
const predefined =
  /^(BUILDKIT_.*|SOURCE_DATE_EPOCH|(BUILD|TARGET)(PLATFORM|OS|OSVERSION|ARCH|VARIANT)|TARGETSTAGE)$/;

/** A warning for build arguments that no instruction declares, in the classic builder's words. */
export function unconsumedArgs(
  { buildArgs }: FrontendOptions,
  consumed: ReadonlySet<string>,
  source: Source,
): BuildWarning[] {
  const names = Object.keys(buildArgs).filter(
    (name) => !consumed.has(name) && !isProxy(name) && !predefined.test(name),
  );
  if (names.length === 0) return [];
  const message = `One or more build-args [${names.sort().join(" ")}] were not consumed`;
  return [{ vertex: digestOf(source.text), level: 1, short: Buffer.from(message).toString("base64") }];
}
