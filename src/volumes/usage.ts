import { systemError } from "../errors/index.ts";
import { lines } from "../os/lines.ts";

/** Bytes of the files in a tree, each inode once and directories not at all, as Docker counts; found by a child. */
export async function diskUsage(path: string): Promise<number> {
  const child = Bun.spawn(["find", path, "!", "-type", "d", "-printf", "%n %D:%i %s\\n"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const linked = new Set<string>();
  let bytes = 0;
  for await (const line of lines(child.stdout)) {
    const [links = "", inode = "", size = ""] = line.split(" ");
    if (links !== "1" && linked.has(inode)) continue;
    if (links !== "1") linked.add(inode);
    bytes += Number(size);
  }
  const status = await child.exited;
  // 1: something vanished while it was looked at.
  if (status > 1) throw systemError(`cannot measure ${path}: find exited with ${status}`);
  return bytes;
}
