/*
 * docker's client configuration: `config.json` in the directory that --config or DOCKER_CONFIG names, else in
 * ~/.docker. Whatever a command does not know stays in the file when it is written back.
 */
import { readFileSync } from "node:fs";
import { chmod, chown, mkdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errnoOf, messageOf } from "../../errors/index.ts";
import { wrong } from "../local-error.ts";
import { writeDurably } from "./durable.ts";
import { type ConfigValues, parseValues } from "./values.ts";

export { configDirectory } from "./directory.ts";
export type { ConfigValues, ProxyValues, StoredAuth } from "./values.ts";

/** A client configuration and where it is (or will be) kept. */
export interface ConfigFile {
  readonly path: string;
  readonly values: ConfigValues;
}

/** Reads the configuration of a directory; empty where there is no file. Throws when it cannot be read or is malformed. */
export function load(directory: string): ConfigFile {
  const path = join(directory, "config.json");
  try {
    return { path, values: parseValues(readFileSync(path, "utf8")) };
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return { path, values: {} };
    throw wrong(`cannot read the client's configuration ${path}: ${messageOf(error)}`);
  }
}

/**
 * Writes the configuration back, whole or not at all. A new file is readable by its owner alone, a present one
 * keeps its mode and owner; a symbolic link stays and its target is replaced.
 */
export async function save(file: ConfigFile): Promise<void> {
  await mkdir(dirname(file.path), { recursive: true, mode: 0o700 });
  const path = await target(file.path);
  const temporary = `${path}.${process.pid}`;
  try {
    await writeDurably(temporary, 0o600, `${JSON.stringify(file.values, null, "\t")}\n`);
    await keepOwner(path, temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw wrong(`cannot write the client's configuration ${path}: ${messageOf(error)}`);
  }
}

async function target(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return path;
    throw error;
  }
}

async function keepOwner(from: string, to: string): Promise<void> {
  try {
    const { mode, uid, gid } = await stat(from);
    await chmod(to, mode & 0o777);
    if (process.getuid?.() === 0) await chown(to, uid, gid);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}
