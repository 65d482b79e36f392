import { wrong } from "../local-error.ts";
import { meansContents, saysDirectory, splitPath } from "./location.ts";

export interface Source {
  path: string;
  isDirectory: boolean;
}

export interface Target {
  path: string;
  exists: boolean;
  isDirectory: boolean;
}

/** Into which directory an archive goes, and what its root is called there; `.` puts contents in directly. */
export interface Plan {
  directory: string;
  name: string;
}

/**
 * Docker's rules: into an existing directory goes the source under its name, or its contents when it ends in
 * `/.`; otherwise the target's last component is the new name.
 */
export function planCopy(source: Source, target: Target): Plan {
  if (target.exists && target.isDirectory) {
    const name = meansContents(source.path) ? "." : splitPath(source.path).name;
    return { directory: target.path, name: name === "/" ? "." : name };
  }
  if (target.exists && source.isDirectory) throw wrong("cannot copy directory");
  if (target.exists && saysDirectory(target.path)) throw wrong("not a directory");
  if (!target.exists && saysDirectory(target.path) && !source.isDirectory) throw wrong("no such directory");
  // `new/.` is in `new`, which is not there.
  if (!target.exists && meansContents(target.path)) throw wrong(`${target.path}: no such directory`);
  return splitPath(target.path);
}
