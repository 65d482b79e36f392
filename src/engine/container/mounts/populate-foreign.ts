import { systemError } from "../../../errors/index.ts";
import { runLimited, type Volumes } from "../../../volumes/index.ts";

/** How long filling a volume whose files are elsewhere may take, in milliseconds. */
const limit = 600_000;

/** Copies into a directory that is empty; what is in one that is not stays as it is. */
const script = 'if [ -z "$(ls -A -- "$2")" ]; then exec cp -a -- "$1/." "$2"; fi';

/**
 * Fills a volume that is mounted from elsewhere, in place: what is the root of a mount cannot be put there whole. It is
 * mounted meanwhile, and its server may hang: a child looks and copies.
 */
export async function fillForeign(
  source: string,
  name: string,
  user: string,
  volumes: Volumes,
): Promise<void> {
  const path = await volumes.mount(name, user);
  try {
    const { status, stderr } = await runLimited(["sh", "-c", script, "sh", source, path], { limit });
    if (status !== 0) {
      throw systemError(`cannot fill the volume ${name} from the image: ${stderr.trim().split("\n")[0]}`);
    }
  } finally {
    await volumes.unmount(name, user);
  }
}
