import { mkdirSync, realpathSync, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { buildOutput } from "../../client/build/output.ts";
import type { Client } from "../../client/client.ts";
import { sameNames } from "../copy/members.ts";
import { unpack } from "../copy/unpack.ts";
import { openOutput } from "../streams/output.ts";
import { takenFrom } from "./broken-output.ts";
import { isTree, type Output } from "./output.ts";

/** Fetches what an output has for us: files into a directory, an archive into a file or onto standard output. */
export async function receive(
  client: Client,
  build: string,
  index: number,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const stream = takenFrom(buildOutput(client, build, index, signal));
  const { destination = "-" } = output;
  if (isTree(output)) {
    mkdirSync(destination, { recursive: true });
    await unpack(stream, resolve(destination), sameNames, process.getuid?.() === 0);
  } else if (destination === "-") {
    const terminal = openOutput();
    for await (const chunk of stream) await terminal.write("stdout", chunk);
  } else await toFile(stream, resolve(destination));
}

/** The file is there when it is whole, or as it was before. A device or a pipe is written to: no file may take its place. */
async function toFile(stream: AsyncIterable<Uint8Array>, given: string): Promise<void> {
  mkdirSync(dirname(given), { recursive: true });
  const stats = statSync(given, { throwIfNoEntry: false });
  if (stats?.isFile() === false) return await write(stream, given);
  // What a link leads to is written anew, and the link stays.
  const path = stats === undefined ? given : realpathSync(given);
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    await write(stream, temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function write(stream: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  await using file = await open(path, "w");
  for await (const chunk of stream)
    for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
}
