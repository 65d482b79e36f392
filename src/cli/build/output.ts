import { readdirSync, statSync } from "node:fs";
import { isFalse } from "../flags/scalar.ts";
import { wrong } from "../local-error.ts";
import { csvFields, cut } from "../opts/csv.ts";
import { isTerminal } from "../streams/terminal.ts";

/** `--output`, with where on this side of the socket it goes; `-` is standard output. */
export interface Output {
  readonly type: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly destination?: string;
}

const types = ["image", "registry", "local", "tar", "oci", "docker", "cacheonly"];

/** `type=tar,dest=out.tar`; a path alone is a directory, and `-` a tar archive on standard output. */
export function parseOutput(text: string): Output {
  const fields = csvFields(text);
  const [only] = fields;
  if (fields.length === 1 && only !== undefined && !only.startsWith("type=")) {
    return only === "-"
      ? { type: "tar", attributes: {}, destination: "-" }
      : { type: "local", attributes: {}, destination: only };
  }
  const pairs = fields.map((field) => {
    const [key, value] = cut(field, "=");
    if (value === undefined) throw wrong(`invalid value ${field}`);
    return [key.trim().toLowerCase(), value] as const;
  });
  const { type, dest, ...attributes } = Object.fromEntries(pairs);
  if (!type) throw wrong("type is required for output");
  if (!types.includes(type)) throw wrong(`unsupported output type ${type}: there are ${types.join(", ")}`);
  return checked({ type, attributes, ...(dest === undefined ? {} : { destination: dest }) });
}

function checked(output: Output): Output {
  const { type, destination } = output;
  if (type === "local" && (destination === undefined || destination === "-"))
    throw wrong("dest is required for local output: the directory to write to");
  if (["image", "registry", "cacheonly"].includes(type) && destination !== undefined)
    throw wrong(`dest is not supported for the output type ${type}`);
  if (isTree(output)) {
    if (destination === undefined || destination === "-")
      throw wrong(`dest is required for ${type} output with tar=false: the directory to write to`);
    return output;
  }
  // A docker archive without a destination is loaded into the engine.
  if (type === "docker" && destination === undefined) return { ...output, type: "image" };
  if (!["tar", "oci"].includes(type)) return output;
  const place = destination ?? "-";
  if (place === "-" && isTerminal(1))
    throw wrong(`dest file is required for ${type} exporter: refusing to write to the terminal`);
  return { ...output, destination: place };
}

/** What arrives is unpacked: files of a target, or an image's layout (`tar=false`). */
export const isTree = ({ type, attributes: { tar = "true" } }: Output): boolean =>
  type === "local" || (["oci", "docker"].includes(type) && isFalse(tar));

/** A file that is to be written may not be a directory, nor the other way round; standard output takes one output. */
export function checkDestinations(outputs: readonly Output[]): void {
  if (outputs.filter(({ destination }) => destination === "-").length > 1)
    throw wrong("only one output can be written to standard output: give the others a dest");
  for (const output of outputs) {
    const { destination } = output;
    if (destination === undefined || destination === "-") continue;
    const stats = statSync(destination, { throwIfNoEntry: false });
    if (!isTree(output) && stats?.isDirectory() === true)
      throw wrong(`destination file ${destination} is a directory`);
    if (!isTree(output)) continue;
    if (stats?.isDirectory() === false) throw wrong(`destination directory ${destination} is a file`);
    // Blobs of several layouts in one directory would be of none.
    if (output.type !== "local" && stats !== undefined && readdirSync(destination).length > 0)
      throw wrong(`destination directory ${destination} is not empty`);
  }
}
