import { errnoOf } from "../errors/index.ts";
import { deleteLink, type Link, type RouteSocket } from "../os/netlink/index.ts";
import { isInterimName, linkAlias } from "./names.ts";

/** A namespace dies by itself as soon as nothing is in it; only what keeps one longer is deleted by hand. */
const DEPARTURE_MS = 2_000;

const isOurs = ({ alias }: Link, engineKey: string): boolean =>
  alias?.startsWith(linkAlias(engineKey, "")) ?? false;

/** The links of this engine that exist, by whatever life of it they were made. */
export function ownLinks(host: RouteSocket, engineKey: string): Link[] {
  return host.links().filter((link) => isOurs(link, engineKey));
}

/** Links inside a sandbox that an engine of ours made there, or was making when it was killed. */
export function ownLinksInside(inside: RouteSocket, engineKey: string): Link[] {
  return inside.links().filter((link) => isOurs(link, engineKey) || isInterimName(link.name));
}

/** Deletes a link if it still exists. Takes about 15 ms of this thread: the kernel waits for its readers. */
export function removeLink(host: RouteSocket, name: string): void {
  try {
    host.transact(deleteLink(name));
  } catch (error) {
    if (errnoOf(error) !== "ENODEV") throw error;
  }
}

/** Sees to it that the interfaces of released sandboxes go, even if a stray process stays in the namespace. */
export class Departures {
  readonly #pending = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: RouteSocket,
    private readonly engineKey: string,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  add(hostInterface: string): void {
    this.#pending.set(hostInterface, performance.now() + DEPARTURE_MS);
    this.#timer ??= setTimeout(() => this.#look(), DEPARTURE_MS).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#pending.clear();
  }

  #look(): void {
    this.#timer = undefined;
    for (const [name, deadline] of this.#pending) {
      if (deadline > performance.now()) break;
      this.#pending.delete(name);
      try {
        const link = this.host.link(name);
        if (link !== undefined && isOurs(link, this.engineKey)) removeLink(this.host, name);
      } catch (error) {
        this.onFailure(error);
      }
    }
    if (this.#pending.size > 0) this.#timer = setTimeout(() => this.#look(), DEPARTURE_MS).unref();
  }
}
