import { mkdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
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

/** The file is there when it is whole, or as it was before. */
async function toFile(stream: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}`;
  const file = Bun.file(temporary).writer();
  try {
    for await (const chunk of stream) {
      file.write(chunk);
      await file.flush();
    }
    await file.end();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
