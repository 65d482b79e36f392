import { randomBytes } from "node:crypto";
import { conflict } from "../errors/index.ts";
import { addAddress, type RouteSocket, setLink } from "../os/netlink/index.ts";
import type { Attachment, Endpoint } from "./model.ts";
import { macOf } from "./names.ts";
import type { Network } from "./network.ts";
import type { LiveSandbox } from "./sandbox.ts";
import { readSysctl, writeSysctl } from "./sysctl.ts";

type Sysctls = Readonly<Record<string, string>>;

/** Gives the sandbox an interface on the network; its routes are up to the caller. */
export function attach(
  network: Network,
  sandbox: LiveSandbox,
  inside: RouteSocket,
  wanted: Attachment,
): Endpoint {
  const { settings, addresses } = network;
  const { networkId, name, interfacePrefix: prefix } = settings;
  if (sandbox.on(networkId) !== undefined) throw conflict(`the container is on the network ${name} already`);
  const interfaceName = sandbox.interfaceName(inside, {
    ...(wanted.interface && { wanted: wanted.interface }),
    ...(prefix && { prefix }),
  });
  const assigned = addresses.assign(wanted);
  const endpointId = randomBytes(32).toString("hex");
  try {
    const endpoint = plugIn(network, sandbox, inside, wanted.sysctls ?? {}, {
      endpointId,
      networkId,
      interface: interfaceName,
      macAddress: wanted.macAddress ?? macOf(assigned.ipv4?.address ?? assigned.ipv6?.address ?? endpointId),
      ...assigned,
      ...(wanted.linkLocal && { linkLocal: wanted.linkLocal }),
      ...(wanted.gatewayPriority !== undefined && { gatewayPriority: wanted.gatewayPriority }),
    });
    if (endpoint.ipv6 === undefined && assigned.ipv6 !== undefined) addresses.free({ ipv6: assigned.ipv6 });
    sandbox.put(endpoint);
    return endpoint;
  } catch (error) {
    addresses.free(assigned);
    throw error;
  }
}

/** Makes the endpoint's interface, with its addresses; without IPv6 where a setting turns it off inside. */
export function plugIn(
  { driver }: Pick<Network, "driver">,
  sandbox: LiveSandbox,
  inside: RouteSocket,
  sysctls: Sysctls,
  wanted: Endpoint,
): Endpoint {
  const { index, ...made } = driver.plug({
    ...wanted,
    sandboxId: sandbox.id,
    namespaceFd: sandbox.fd,
    inside,
  });
  const plugged = { ...wanted, ...made };
  try {
    const ipv6 = sandbox.within(() => settle(wanted, sysctls));
    const { ipv6: _, ...rest } = plugged;
    const endpoint = ipv6 ? plugged : rest;
    const addresses = addressesOf(endpoint, index);
    const requests = addresses.map((it) => addAddress(it, { withoutDetection: true }));
    inside.transact(setLink(wanted.interface, { up: true }), ...requests);
    return endpoint;
  } catch (error) {
    driver.unplug(plugged, inside);
    throw error;
  }
}

function addressesOf({ ipv4, ipv6, linkLocal = [] }: Endpoint, index: number) {
  const given = [ipv4, ipv6].filter((address) => address !== undefined);
  return [
    ...given.map(({ address, prefixLength }) => ({ index, address, prefixLength })),
    ...linkLocal.map((address) => ({ index, address, prefixLength: address.includes(":") ? 64 : 16 })),
  ];
}

/** Kernel settings of the interface, before it is up. Answers whether it has IPv6. */
function settle({ interface: name, ipv6, linkLocal = [] }: Endpoint, sysctls: Sysctls): boolean {
  const own = `net/ipv6/conf/${name}`;
  const wants = ipv6 !== undefined || linkLocal.some((address) => address.includes(":"));
  const has = readSysctl(`${own}/disable_ipv6`) !== undefined;
  // Without an address of ours: no link-local one either, no solicitations on the wire.
  if (has && !wants) writeSysctl(`${own}/disable_ipv6`, "1");
  // Routes are the engine's to set; another container must not become the router.
  if (has && wants) writeSysctl(`${own}/accept_ra`, "0");
  for (const [setting, value] of Object.entries(sysctls)) {
    writeSysctl(setting.replaceAll(".", "/").replace("IFNAME", name), value);
  }
  return has && wants && readSysctl(`${own}/disable_ipv6`) === "0";
}
