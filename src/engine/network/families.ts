import type { NetworkCreateRequest } from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import type { NetworkDriver } from "./definition.ts";
import { hostHasIPv6 } from "./host-ipv6.ts";
import { optionNames } from "./options/names.ts";
import { booleanOption } from "./options/read.ts";

/** Which kinds of addresses a network has. */
export interface Families {
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  /** The options without those that the request itself overrules: they would only look wrong in `inspect`. */
  readonly options: Record<string, string>;
}

/**
 * The request decides, then the options. Otherwise a network has IPv4; and IPv6 if a subnet of it is named, or if
 * it is a bridge on a host that has IPv6.
 */
export function familiesOf(
  driver: NetworkDriver,
  request: Pick<NetworkCreateRequest, "EnableIPv4" | "EnableIPv6" | "IPAM">,
  all: Record<string, string>,
  hasIPv6: () => boolean = hostHasIPv6,
): Families {
  const options = { ...all };
  if (typeof request.EnableIPv4 === "boolean") delete options[optionNames.enableIPv4];
  if (typeof request.EnableIPv6 === "boolean") delete options[optionNames.enableIPv6];
  const namesIPv6 = (request.IPAM?.Config ?? []).some(({ Subnet }) => Subnet?.includes(":"));
  const ipv4 = request.EnableIPv4 ?? booleanOption(options, optionNames.enableIPv4) ?? true;
  const ipv6 =
    request.EnableIPv6 ??
    booleanOption(options, optionNames.enableIPv6) ??
    (namesIPv6 || (driver === "bridge" && hasIPv6()));
  if (!ipv4 && !ipv6) throw invalid("IPv4 or IPv6 must be enabled");
  return { ipv4, ipv6, options };
}
