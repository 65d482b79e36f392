import { closeSync, constants, openSync, realpathSync } from "node:fs";
import { FilePacker } from "../../archive/files/index.ts";
import { splitPath } from "./location.ts";

const O_PATH = 0o10000000;
const openDirectory = constants.O_RDONLY | constants.O_DIRECTORY;

/**
 * A tar archive of what is at `path`, its root called `name`. Sockets are left out. With `followLink` a link at the
 * end of the path stands for what it points to; links below are archived as they are. What lies in a container's
 * bind mount may be changed by it meanwhile: the files are gone through by descriptors.
 */
export function* pack(path: string, name: string, followLink: boolean): Generator<Buffer> {
  const packer = new FilePacker();
  const root = Buffer.from(name);
  const real = followLink ? realpathSync(path) : path;
  const { directory, name: entry } = splitPath(real);
  const isRoot = entry === "/";
  const fd = openSync(directory, isRoot ? openDirectory : O_PATH | constants.O_DIRECTORY);
  try {
    if (isRoot) yield* packer.open(fd, root);
    else yield* packer.tree(fd, Buffer.from(`${entry}\0`), root);
    yield* packer.end();
  } finally {
    closeSync(fd);
  }
}
