import { digestOf } from "../../../oci/digest.ts";
import type { BuildWarning } from "../../progress/model.ts";
import type { Source } from "../parser/index.ts";
import type { Finding } from "./linter.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A finding as builds tell it: `StageNameCasing: Stage name 'Base' should be lowercase (line 1)`. */
export function warningOf({ rule, message, range }: Finding, source: Source): BuildWarning {
  return {
    vertex: digestOf(source.text),
    level: 1,
    short: base64(`${rule.name}: ${message} (line ${range.start.line})`),
    detail: [base64(rule.description)],
    ...(rule.url === undefined ? {} : { url: rule.url }),
    sourceInfo: { filename: source.filename, data: base64(source.text) },
    range: [range],
  };
}
