import { existsSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../errors/index.ts";
import { printError } from "../streams/print.ts";
import { configDirectory } from "./directory.ts";
import type { ConfigValues } from "./values.ts";

let known: { directory: string; values: ConfigValues } | undefined;

/**
 * What the client's configuration says about formats, keys, headers and the like. Unlike for what writes it back,
 * a file that cannot be read is no reason to fail: it is warned about once, and counts as empty.
 */
export async function preferences(named: string): Promise<ConfigValues> {
  const directory = configDirectory(named);
  if (known?.directory !== directory) known = { directory, values: await read(directory) };
  return known.values;
}

async function read(directory: string): Promise<ConfigValues> {
  // Most people have none, and the code that reads it need not be loaded then.
  if (!existsSync(join(directory, "config.json"))) return {};
  const { load } = await import("./file.ts");
  try {
    return load(directory).values;
  } catch (error) {
    printError(`WARNING: ${messageOf(error)}\n`);
    return {};
  }
}
