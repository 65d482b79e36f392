import { randomBytes } from "node:crypto";
import { closeSync } from "node:fs";
import { conflict, exhausted, invalid } from "../errors/index.ts";
import { RouteSocket, setLink } from "../os/netlink/index.ts";
import { createNamespace, inNamespace } from "../os/netns.ts";
import type { Endpoint, Sandbox } from "./model.ts";
import { writeSysctl } from "./sysctl.ts";

const DEFAULT_PREFIX = "eth";

/** A sandbox whose interfaces may change. */
export class LiveSandbox implements Sandbox {
  readonly path: string;
  readonly #endpoints = new Map<string, Endpoint>();
  #closed = false;

  constructor(
    readonly id: string,
    readonly fd: number,
    endpoints: readonly Endpoint[] = [],
  ) {
    this.path = `/proc/${process.pid}/fd/${fd}`;
    for (const endpoint of endpoints) this.put(endpoint);
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.#endpoints.values()];
  }

  on(networkId: string): Endpoint | undefined {
    return this.#endpoints.get(networkId);
  }

  put(endpoint: Endpoint): void {
    this.#endpoints.set(endpoint.networkId, endpoint);
  }

  drop(networkId: string): void {
    this.#endpoints.delete(networkId);
  }

  /** A socket to its network, to be disposed of. */
  open(): RouteSocket {
    return this.within(() => new RouteSocket());
  }

  /** Runs `work` on this thread inside the namespace; it must not start anything asynchronous. */
  within<T>(work: () => T): T {
    return inNamespace(this.fd, work);
  }

  /** Sets kernel settings of the namespace: "net.ipv4.ip_unprivileged_port_start" → "0". */
  configure(sysctls: Readonly<Record<string, string>>): void {
    const settings = Object.entries(sysctls);
    if (settings.length === 0) return;
    this.within(() => {
      for (const [name, value] of settings) writeSysctl(name, value);
    });
  }

  /** The name asked for, or the prefix and the first number that no interface inside has. */
  interfaceName(
    inside: RouteSocket,
    { wanted, prefix = DEFAULT_PREFIX }: { wanted?: string; prefix?: string },
  ): string {
    if (wanted !== undefined) {
      if (!/^[^\s/:%]{1,15}$/.test(wanted) || /^\.\.?$/.test(wanted))
        throw invalid(`"${wanted}" is not a name for an interface: 1 to 15 characters`);
      if (inside.link(wanted) !== undefined)
        throw conflict(`the container has an interface ${wanted} already; choose another name`);
      return wanted;
    }
    for (let number = 0; ; number++) {
      const name = `${prefix}${number}`;
      if (name.length > 15) throw exhausted(`no name is left for an interface that begins with "${prefix}"`);
      if (inside.link(name) === undefined) return name;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Lets go of the namespace, which ends when no process is in it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.fd);
  }
}

/** A new namespace with nothing in it but the loopback: about 1 ms, on this thread. */
export function createSandbox(): LiveSandbox {
  const { fd, result: inside } = createNamespace(() => new RouteSocket());
  const sandbox = new LiveSandbox(randomBytes(8).toString("hex"), fd);
  try {
    inside.transact(setLink("lo", { up: true }));
    return sandbox;
  } catch (error) {
    sandbox.close();
    throw error;
  } finally {
    inside[Symbol.dispose]();
  }
}
