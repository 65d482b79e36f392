import { randomBytes } from "node:crypto";
import { closeSync, existsSync } from "node:fs";
import { addAddress, addDefaultRoute, createVeth, RouteSocket, setLink } from "../os/netlink/index.ts";
import { createNamespace, inNamespace } from "../os/netns.ts";
import type { Bridge } from "./bridge.ts";
import { linkAlias, macOf } from "./names.ts";
import { writeSysctl } from "./sysctl.ts";

/** How a sandbox is attached to one network. */
export interface Endpoint {
  readonly networkId: string;
  /** Inside: "eth0". */
  readonly interface: string;
  /** The other end, on the host: a port of the network's bridge. */
  readonly hostInterface: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly macAddress: string;
}

/** A network namespace with its interfaces, ready for a container's processes. */
export interface Sandbox {
  readonly id: string;
  /** Keeps the namespace alive; ours to close. */
  readonly fd: number;
  /** The namespace as the OCI runtime can open it while this engine lives. */
  readonly path: string;
  readonly endpoints: readonly Endpoint[];
}

export interface EndpointSettings {
  readonly address: string;
  readonly macAddress?: string;
  /** Kernel settings inside: "net.ipv4.ip_unprivileged_port_start" → "0". */
  readonly sysctls?: Readonly<Record<string, string>>;
}

const INTERFACE = "eth0";

const kernelHasIPv6 = existsSync("/proc/sys/net/ipv6");

/**
 * Makes a namespace that is a host of the bridge's network: about 2 ms, all of it on this thread. The veth
 * pair dies with the namespace, so closing the descriptor undoes everything once no process is inside.
 */
export function createSandbox(
  host: RouteSocket,
  engineKey: string,
  bridge: Bridge,
  { address, macAddress = macOf(address), sysctls = {} }: EndpointSettings,
): Sandbox {
  const id = randomBytes(8).toString("hex");
  const hostInterface = `veth${randomBytes(4).toString("hex").slice(0, 7)}`;
  const { fd, result: inside } = createNamespace(() => new RouteSocket());
  try {
    const { mtu } = bridge;
    host.transact(
      createVeth(
        hostInterface,
        { up: true, mtu, master: bridge.index },
        { name: INTERFACE, namespaceFd: fd, mac: macAddress, mtu },
      ),
      setLink(hostInterface, { alias: linkAlias(engineKey, id), hairpin: true }),
    );
    inNamespace(fd, () => {
      // The network is IPv4 only: no link-local address, no solicitations on the bridge.
      if (kernelHasIPv6) writeSysctl(`net/ipv6/conf/${INTERFACE}/disable_ipv6`, "1");
      for (const [name, value] of Object.entries(sysctls)) writeSysctl(name, value);
    });
    const index = inside.link(INTERFACE)?.index ?? 0;
    inside.transact(
      setLink("lo", { up: true }),
      setLink(INTERFACE, { up: true }),
      addAddress({ index, address, prefixLength: bridge.prefixLength }),
      addDefaultRoute(bridge.gateway),
    );
  } catch (error) {
    closeSync(fd);
    throw error;
  } finally {
    inside[Symbol.dispose]();
  }
  const { networkId, prefixLength, gateway } = bridge;
  const endpoint = {
    networkId,
    interface: INTERFACE,
    hostInterface,
    address,
    prefixLength,
    gateway,
    macAddress,
  };
  return { id, fd, path: `/proc/${process.pid}/fd/${fd}`, endpoints: [endpoint] };
}
