import { conflict, invalid } from "../../errors/index.ts";
import type { Guard } from "../archive.ts";

const isAtOrBelow = (path: string, place: string): boolean =>
  place === "/" || path === place || path.startsWith(`${place}/`);

/** `conflict` where a path, its links followed, leads to what is not there at the moment. */
export function refuseAbsent({ absent = [] }: Guard, path: string): void {
  const place = absent.find(({ destination }) => isAtOrBelow(path, destination));
  if (place !== undefined) throw conflict(place.reason);
}

/** A read-only mount, or outside of mounts a read-only root, takes nothing. */
export function refuseReadOnly({ places = [], readOnlyRoot = false }: Guard, path: string): void {
  const within = places.filter(({ destination }) => isAtOrBelow(path, destination));
  const [innermost] = within.sort((a, b) => b.destination.length - a.destination.length);
  if (innermost !== undefined) {
    if (!innermost.writable) throw invalid("mounted volume is marked read-only");
  } else if (readOnlyRoot) throw invalid("container rootfs is marked read-only");
}
