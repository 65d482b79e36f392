import { randomBytes } from "node:crypto";
import { closeSync, existsSync } from "node:fs";
import { addAddress, addDefaultRoute, createVeth, RouteSocket, setLink } from "../os/netlink/index.ts";
import { createNamespace, inNamespace } from "../os/netns.ts";
import type { Bridge } from "./bridge.ts";
import type { Endpoint, Sandbox } from "./model.ts";
import { linkAlias, macOf } from "./names.ts";
import { writeSysctl } from "./sysctl.ts";

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
  const endpoint: Endpoint = {
    endpointId: randomBytes(32).toString("hex"),
    networkId,
    interface: INTERFACE,
    hostInterface,
    macAddress,
    ipv4: { address, prefixLength, gateway },
  };
  return { id, fd, path: `/proc/${process.pid}/fd/${fd}`, endpoints: [endpoint] };
}
