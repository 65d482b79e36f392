import { encodeHeader, endOfArchive, padding, TarDecoder, type TarHeader } from "../../archive/index.ts";
import type { MemberPlace } from "./members.ts";

/** The same archive with its members in other places, on its way from one container to another. */
export async function* renamed(
  tar: AsyncIterable<Uint8Array>,
  place: MemberPlace,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let written = 0;
  const add = (bytes: Uint8Array) => {
    if (bytes.length > 0) pieces.push(bytes);
  };
  const decoder = new TarDecoder({
    entry(header) {
      size = header.size;
      written = 0;
      add(encodeHeader(elsewhere(header, place)));
    },
    data(chunk, offset) {
      // A hole of a sparse file.
      add(new Uint8Array(offset - written));
      add(Buffer.from(chunk));
      written = offset + chunk.length;
    },
    end() {
      add(new Uint8Array(size - written));
      add(padding(size));
    },
  });
  for await (const chunk of tar) {
    decoder.write(chunk);
    const batch = pieces;
    pieces = [];
    if (batch.length > 0) yield Buffer.concat(batch);
  }
  decoder.finish();
  yield endOfArchive;
}

function elsewhere(header: TarHeader, place: MemberPlace): TarHeader {
  const { sparse: _, ...whole } = header;
  const linkName = header.type === "hardlink" ? nameOf(place(header.linkName)) : header.linkName;
  return { ...whole, name: nameOf(place(header.name)), linkName };
}

/** The target itself is `.`. */
const nameOf = (parts: readonly string[]): string => (parts.length === 0 ? "." : parts.join("/"));
