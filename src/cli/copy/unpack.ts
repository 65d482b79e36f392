import { closeSync, constants, openSync } from "node:fs";
import { FileUnpacker } from "../../archive/files/index.ts";
import { TarDecoder } from "../../archive/index.ts";
import type { MemberPlace } from "./members.ts";

/**
 * Unpacks an archive that came out of a container below a directory. The container is not trusted: no member can be
 * written outside, neither by its name nor through a link, also where the directory is one of its mounts.
 */
export async function unpack(
  tar: AsyncIterable<Uint8Array>,
  directory: string,
  place: MemberPlace,
  keepOwners: boolean,
): Promise<void> {
  const top = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  const unpacker = new FileUnpacker(top, { keepOwners, place });
  const umask = process.umask(0);
  try {
    const decoder = new TarDecoder(unpacker);
    for await (const chunk of tar) decoder.write(chunk);
    decoder.finish();
    unpacker.finish();
  } finally {
    process.umask(umask);
    unpacker.close();
    closeSync(top);
  }
}
