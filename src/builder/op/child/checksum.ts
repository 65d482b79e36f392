import { sendEvent } from "../../../layers/child/protocol.ts";
import { type Digest, digestFromHex } from "../../../oci/digest.ts";
import { IgnoreMatcher } from "../../dockerfile/ignore/index.ts";
import type { Selection } from "../content/model.ts";
import type { ChecksumRequest } from "../content/request.ts";
import { TreeDigester } from "./checksum/digester.ts";
import { HashIndex } from "./checksum/hash-index.ts";
import { type Selected, select } from "./source/select.ts";
import { SourceTree } from "./source/tree.ts";

/** The work of content checksums. It tells a digest for each selection before it writes down what it learned. */
export async function work({ tree, selections, index }: ChecksumRequest): Promise<void> {
  using source = new SourceTree(tree);
  const hashes = index === undefined ? undefined : new HashIndex(index);
  sendEvent(selections.map((selection) => checksum(source, selection, hashes)));
  hashes?.save();
}

function checksum(
  tree: SourceTree,
  { sources, exclude, parents = false }: Selection,
  index: HashIndex | undefined,
): Digest {
  const matcher = exclude.length === 0 ? undefined : new IgnoreMatcher(exclude);
  const digester = new TreeDigester(tree, matcher, index);
  for (const source of sources) {
    const found = select(tree, { source, parents });
    digester.note(`${found.length}`);
    for (const selected of found) add(digester, tree, matcher, selected);
  }
  return digestFromHex(digester.finish());
}

function add(
  digester: TreeDigester,
  tree: SourceTree,
  matcher: IgnoreMatcher | undefined,
  { path, name, above = [] }: Selected,
): void {
  const names = [...above.map((parent) => parent.name), name].join("/");
  const isDirectory = tree.isDirectory(path);
  if (!isDirectory && matcher?.excludes(names)) return;
  for (const parent of above) {
    digester.note(parent.name);
    digester.add(parent.path, { deep: false });
  }
  // What a directory is called does not matter to what its contents go into.
  digester.note(isDirectory && above.length === 0 ? "" : name);
  digester.add(path);
}
