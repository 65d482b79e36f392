import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, invalid, unavailable } from "../../../errors/index.ts";
import { mount } from "../../../os/mount.ts";

/**
 * Mounts a directory on `target` so that writes go to `changes`, which is made when it is missing, and never to
 * `source`. What is mounted below the source is not seen.
 */
export function mountCopyOnWrite(source: string, changes: string, target: string): void {
  const owner = statSync(source);
  if (!owner.isDirectory()) throw invalid(`O keeps changes to a directory apart, and ${source} is a file`);
  const [upper, work] = [join(changes, "fs"), join(changes, "work")];
  if (!existsSync(upper)) {
    mkdirSync(upper, { recursive: true });
    // The mount's root is the upper directory's.
    chownSync(upper, owner.uid, owner.gid);
    chmodSync(upper, owner.mode & 0o7777);
  }
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { mode: 0o711 });
  const layers = [`lowerdir=${escaped(source)}`, `upperdir=${escaped(upper)}`, `workdir=${escaped(work)}`];
  try {
    mount({ type: "overlay", source: "overlay", options: ["index=off", "metacopy=off", ...layers] }, target);
  } catch (cause) {
    if (!["EINVAL", "ELOOP", "ENODEV"].includes(errnoOf(cause) ?? "")) throw cause;
    throw unavailable(
      `cannot keep changes to ${source} apart (O): overlayfs does not take it, or what lies in ${changes} for it`,
      { cause },
    );
  }
}

/** Overlayfs takes a colon for the end of a directory's name, and mount(2) a comma for the end of an option. */
const escaped = (path: string) => path.replace(/[\\:,]/g, "\\$&");
