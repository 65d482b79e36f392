import { basename, dirname, posix } from "node:path";

/** One side of a copy: `container:/path`, or a path here. */
export interface Location {
  container: string | undefined;
  path: string;
}

/** A path in a container. */
export interface ContainerLocation extends Location {
  container: string;
}

export const isInContainer = (location: Location): location is ContainerLocation =>
  location.container !== undefined;

/** Takes `container:/path` apart; a path here that has a colon is written `./a:b`. */
export function parseLocation(text: string): Location {
  const at = text.indexOf(":");
  if (text.startsWith("/") || text.startsWith(".") || at <= 0) return { container: undefined, path: text };
  return { container: text.slice(0, at), path: text.slice(at + 1) };
}

/** `dir/.` means what is in the directory instead of the directory. */
export const meansContents = (path: string): boolean => path === "." || path.endsWith("/.");

/** `dir/` and `dir/.` say that the path is a directory. */
export const saysDirectory = (path: string): boolean => path.endsWith("/") || meansContents(path);

/** A path's directory and last component; the root has `/` for both. */
export function splitPath(path: string): { directory: string; name: string } {
  const clean = posix.normalize(path).replace(/(.)\/$/, "$1");
  return { directory: dirname(clean), name: basename(clean) || "/" };
}
