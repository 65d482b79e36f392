import { errnoOf, messageOf } from "../../errors/index.ts";
import { type FileSystemMount, mount, unmount } from "../../os/mount.ts";

/** What the child is told on its standard input: options may hold a password, and arguments can be seen by all. */
export interface MountRequest {
  target: string;
  /** Without it, what is on the target is unmounted. */
  mount?: FileSystemMount;
  /** Of an unmount: whoever waits for the file system's server gets an error. */
  force?: boolean;
}

/** What it answers. */
export interface MountAnswer {
  errno?: string;
  message?: string;
}

/** `internal volume-mount`: a call that a remote server may hold up for as long as it likes, made where nobody waits with it. */
export async function run(): Promise<number> {
  const request = (await Bun.stdin.json()) as MountRequest;
  const answer = attempt(request);
  await Bun.write(Bun.stdout, JSON.stringify(answer));
  return answer.message === undefined ? 0 : 1;
}

function attempt({ target, mount: what, force = false }: MountRequest): MountAnswer {
  try {
    if (what === undefined) unmount(target, { force });
    else mount(what, target);
    return {};
  } catch (error) {
    const errno = errnoOf(error);
    return { message: messageOf(error), ...(errno === undefined ? {} : { errno }) };
  }
}
