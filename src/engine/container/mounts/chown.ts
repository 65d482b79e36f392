import { realpathSync } from "node:fs";
import { invalid, systemError } from "../../../errors/index.ts";

/** Directories of the host that no container is to own. */
const refused = new Set(
  [
    "/ /bin /boot /dev /etc /home /lib /lib32 /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr",
    "/usr/bin /usr/lib /usr/local /usr/sbin /usr/share /var /var/lib /var/log /var/run /var/tmp",
  ].flatMap((line) => line.split(" ")),
);

/** Gives a tree, links themselves included, to a user and group (`U`). The host's own directories are refused. */
export async function chownTree(
  path: string,
  named: string,
  { uid, gid }: { uid: number; gid: number },
): Promise<void> {
  if (refused.has(realpathSync(named)))
    throw invalid(
      `U would give ${named} to the container's user, which the host needs: mount a directory of your own`,
    );
  const child = Bun.spawn(["chown", "-R", "-h", "-P", "--preserve-root", `${uid}:${gid}`, "--", path], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [status, errors] = await Promise.all([child.exited, child.stderr.text()]);
  if (status !== 0)
    throw systemError(`cannot give ${named} to ${uid}:${gid}: ${errors.trim().split("\n")[0]}`);
}
