import { isIPv4, isIPv6 } from "node:net";
import type { EndpointSettings } from "../../../api/index.ts";
import { invalid } from "../../../errors/index.ts";
import { canonicalAddress } from "../../../network/index.ts";
import { joined } from "../../network/check-blocks.ts";
import { isPredefined, type NetworkDefinition } from "../../network/definition.ts";
import { optionNames } from "../../network/options/names.ts";
import { hasAddress } from "../../network/settle-blocks.ts";

/**
 * Checks what is asked of a container's place on a network, as Docker does and with its words: everything that is wrong
 * at once. A network that does not exist yet is not looked at. Answers the settings with addresses in their usual form.
 */
export function checkEndpoint(
  network: NetworkDefinition | undefined,
  name: string,
  asked: EndpointSettings,
): EndpointSettings {
  const problems = [
    ...addressProblems(name, asked),
    ...rangeProblems(network, asked),
    ...macProblems(asked),
    ...interfaceProblems(asked),
    ...sysctlProblems(asked),
  ];
  if (problems.length > 0) throw invalid(`invalid endpoint settings:\n${joined(problems)}`);
  const { IPAMConfig: ipam } = asked;
  if (!ipam) return asked;
  return {
    ...asked,
    IPAMConfig: {
      ...ipam,
      ...(ipam.IPv4Address ? { IPv4Address: canonicalAddress(ipam.IPv4Address) } : {}),
      ...(ipam.IPv6Address ? { IPv6Address: canonicalAddress(ipam.IPv6Address) } : {}),
    },
  };
}

function* addressProblems(name: string, { IPAMConfig, Aliases }: EndpointSettings): Generator<string> {
  const { IPv4Address, IPv6Address, LinkLocalIPs } = IPAMConfig ?? {};
  if (isPredefined(name)) {
    if (IPv4Address || IPv6Address)
      yield "user-specified IP address is supported on user-defined networks only";
    if (Aliases?.length) yield "network-scoped aliases are only supported for user-defined networks";
  }
  if (IPv4Address && (!isIPv4(IPv4Address) || IPv4Address === "0.0.0.0"))
    yield `invalid IPv4 address: ${IPv4Address}`;
  if (IPv6Address && !isPlainIPv6(IPv6Address)) yield `invalid IPv6 address: ${IPv6Address}`;
  for (const address of LinkLocalIPs ?? []) {
    const valid = isIPv4(address) ? address !== "0.0.0.0" : isPlainIPv6(address);
    if (!valid) yield `invalid link-local IP address: ${address}`;
  }
}

const isPlainIPv6 = (text: string): boolean =>
  isIPv6(text) &&
  !text.includes("%") &&
  !text.toLowerCase().startsWith("::ffff:") &&
  canonicalAddress(text) !== "::";

function* rangeProblems(
  network: NetworkDefinition | undefined,
  { IPAMConfig }: EndpointSettings,
): Generator<string> {
  if (network === undefined) return;
  for (const address of [IPAMConfig?.IPv4Address, IPAMConfig?.IPv6Address]) {
    if (!address || !(isIPv4(address) || isPlainIPv6(address))) continue;
    if (!hasAddress(network, address)) yield `no configured subnet contains IP address ${address}`;
  }
}

/** The lowest bit of the first byte marks groups: no interface can have such an address. */
function* macProblems({ MacAddress }: EndpointSettings): Generator<string> {
  if (!MacAddress) return;
  const valid = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(MacAddress);
  if (!valid) yield `invalid MAC address: ${MacAddress}`;
  else if (Number.parseInt(MacAddress.slice(0, 2), 16) & 1) {
    yield `invalid MAC address: ${MacAddress} is that of a group; its first byte must be even`;
  }
}

function* interfaceProblems({ DriverOpts }: EndpointSettings): Generator<string> {
  const name = DriverOpts?.[optionNames.endpointInterface];
  if (!name) return;
  if (!/^[^\s/:%]{1,15}$/.test(name) || [".", "..", "lo", "all", "default"].includes(name)) {
    yield `invalid interface name '${name}': use up to 15 characters other than blanks, slashes, colons and percent signs`;
  }
}

function* sysctlProblems({ DriverOpts }: EndpointSettings): Generator<string> {
  for (const sysctl of DriverOpts?.[optionNames.endpointSysctls]?.split(",") ?? []) {
    if (/^net\.(ipv4|ipv6|mpls)\.[^.=]+\.(IFNAME|ifname)\.[^=]+=/.test(sysctl)) continue;
    yield `unrecognised network interface sysctl '${sysctl}'; represent 'net.X.Y.ethN.Z=V' as ` +
      "'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'";
  }
}
