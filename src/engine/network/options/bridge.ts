import { isIP, isIPv4, isIPv6 } from "node:net";
import { invalid } from "../../../errors/index.ts";
import type { BridgeNetwork, GatewayMode } from "../../../network/index.ts";
import { optionNames as names } from "./names.ts";
import { booleanOption, type DriverOptions, numberOption, type Said, said, unreadable } from "./read.ts";

type BridgeOptions = Said<Omit<BridgeNetwork, "driver" | "networkId" | "name" | "subnets" | "internal">>;

const gatewayModes: readonly string[] = ["nat", "nat-unprotected", "routed", "isolated"];

/** What `com.docker.network.*` options say about a bridge network. */
export function bridgeOptions(options: DriverOptions, internal: boolean): BridgeOptions {
  const gatewayMode4 = gatewayMode(options, names.gatewayMode4);
  const gatewayMode6 = gatewayMode(options, names.gatewayMode6);
  if ((gatewayMode4 === "isolated" || gatewayMode6 === "isolated") && !internal) {
    throw invalid("gateway mode 'isolated' can only be used for an internal network");
  }
  return said({
    bridge: options[names.bridge] || undefined,
    interContainer: booleanOption(options, names.interContainer),
    masquerade: booleanOption(options, names.masquerade),
    inhibitIPv4: booleanOption(options, names.inhibitIPv4),
    mtu: numberOption(options, names.mtu, 0) || undefined,
    interfacePrefix: options[names.interfacePrefix] || undefined,
    hostIPv4: address(options, names.hostIPv4, isIPv4),
    hostIPv6: address(options, names.hostIPv6, isIPv6),
    defaultHostIp: defaultHostIp(options),
    gatewayMode4,
    gatewayMode6,
    trustedInterfaces: options[names.trustedInterfaces]?.split(":").filter((name) => name !== ""),
  });
}

/** "0.0.0.0" is what Docker shows of a network for which nothing was said: all addresses, of both families. */
function defaultHostIp(options: DriverOptions): string | undefined {
  const text = address(options, names.defaultHostIp, (it) => isIP(it) > 0);
  return text === "0.0.0.0" ? undefined : text;
}

function gatewayMode(options: DriverOptions, name: string): GatewayMode | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  if (!gatewayModes.includes(text)) throw unreadable(name, text, `unknown gateway mode ${text}`);
  return text as GatewayMode;
}

function address(
  options: DriverOptions,
  name: string,
  accepts: (text: string) => boolean,
): string | undefined {
  const text = options[name];
  if (text === undefined || accepts(text)) return text;
  throw unreadable(name, text, "this is not such an address");
}
