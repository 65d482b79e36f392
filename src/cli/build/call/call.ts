import type { BuildCall } from "../../../api/index.ts";
import { isFalse, isTrue } from "../../flags/scalar.ts";
import { wrong } from "../../local-error.ts";
import { csvFields, cut } from "../../opts/csv.ts";

/** `--call`: what is to be said of a Dockerfile instead of building it, and how. */
export interface Call {
  /** Undefined: build. */
  readonly what: BuildCall | undefined;
  readonly format: "text" | "json" | "sarif";
  /** What is found does not make the command fail. */
  readonly ignoreStatus: boolean;
}

const methods: Readonly<Record<string, BuildCall | undefined>> = {
  "": undefined,
  build: undefined,
  check: "check",
  lint: "check",
  outline: "outline",
  targets: "targets",
};

/** `check,format=json`, `outline`, `targets,format=json`, …; `--check` is `check`. (buildx util/buildflags/call.go) */
export function parseCall(text: string, check: boolean): Call {
  const [method = "", ...options] = csvFields(text);
  const name = method.replace(/^method=/, "");
  if (!Object.hasOwn(methods, name)) {
    const known = Object.keys(methods).filter((each) => each !== "" && each !== "lint");
    throw wrong(`invalid --call ${JSON.stringify(name)}: there are ${known.join(", ")}`);
  }
  const what = methods[name] ?? (check ? "check" : undefined);
  let format: Call["format"] = "text";
  let ignoreStatus = false;
  for (const option of options) {
    const [key, value = "true"] = cut(option, "=");
    if (key === "format") format = formatOf(value, what);
    else if (key === "ignorestatus" && (isTrue(value) || isFalse(value))) ignoreStatus = isTrue(value);
    else throw wrong(`invalid option ${option} for --call: use format=json or ignorestatus=true`);
  }
  return { what, format, ignoreStatus };
}

function formatOf(text: string, what: BuildCall | undefined): Call["format"] {
  if (text === "text" || text === "json" || (text === "sarif" && what === "check")) return text;
  throw wrong(`invalid format ${text} for --call: use text or json${what === "check" ? " or sarif" : ""}`);
}
