import { invalid } from "../../../errors/index.ts";
import { Node } from "./node.ts";

/** As many as the kernel follows before it says ELOOP (path_resolution(7)). */
const maxLinks = 40;

/**
 * The files of a layer while its archive is read. Symbolic links on the way to a name are followed as by a process
 * whose root directory the layer is, so that a name means what it means to `Unpacker`.
 */
export class FileTree {
  readonly root: Node;
  /** Members of one directory mostly follow each other. */
  #last: { path: string; directory: Node };

  /** `now` is the time of what the archive does not mention, in nanoseconds since the epoch. */
  constructor(private readonly now: bigint) {
    this.root = this.#implicit();
    this.#last = { path: "", directory: this.root };
  }

  /** The directory at a path; what of it is not there is made: root's with mode 0755, as Docker makes them. */
  ensureDirectory(path: string): Node {
    if (path === this.#last.path) return this.#last.directory;
    const directory = this.#follow(path, true);
    if (directory?.children === undefined) throw invalid(`${path} is no directory`);
    this.#last = { path, directory };
    return directory;
  }

  /** What a path leads to, a link at its end not followed. */
  find(path: string): Node | undefined {
    const slash = path.lastIndexOf("/");
    return this.#follow(path.slice(0, Math.max(slash, 0)), false)?.children?.get(path.slice(slash + 1));
  }

  /** Gives a node a name, which leads nowhere else from then on. */
  put(directory: Node, name: string, node: Node): void {
    const former = directory.children?.get(name);
    node.links++;
    directory.children?.set(name, node);
    if (former !== undefined) this.#drop(former);
  }

  #drop(former: Node): void {
    // The last directory may have been reached by it.
    this.#last = { path: "", directory: this.root };
    const dropped = [former];
    for (let node = dropped.pop(); node !== undefined; node = dropped.pop()) {
      node.links--;
      if (node.children !== undefined) dropped.push(...node.children.values());
    }
  }

  #implicit(): Node {
    const node = new Node("directory", 0o755, 0, 0);
    node.modified(this.now);
    return node;
  }

  #follow(path: string, make: boolean): Node | undefined {
    const trail = [this.root];
    const rest = path === "" ? [] : path.split("/").reverse();
    // How many of the rest are the path's own, not a link's.
    let own = rest.length;
    let links = 0;
    for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
      const isOwn = rest.length < own;
      if (isOwn) own--;
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const directory = trail.at(-1) as Node;
      let next = directory.children?.get(part);
      if (next === undefined && make && isOwn && directory.children !== undefined) {
        next = this.#implicit();
        this.put(directory, part, next);
      }
      if (next?.type === "symlink") {
        if (++links > maxLinks) throw invalid(`${path} has too many symbolic links`);
        if (next.target.startsWith("/")) trail.length = 1;
        rest.push(...next.target.split("/").reverse());
      } else if (next === undefined) return undefined;
      else trail.push(next);
    }
    return trail.at(-1);
  }
}
