import type { EndpointSettings } from "../../../api/index.ts";
import type { Attachment } from "../../../network/index.ts";
import { optionNames } from "../../network/options/names.ts";
import { said } from "../../network/options/read.ts";

/** How a container is to be attached to a network, in the words of the networks' room. The settings were checked. */
export function attachmentFor(networkId: string, asked: EndpointSettings): Attachment {
  const { IPAMConfig, DriverOpts, MacAddress, GwPriority } = asked;
  const sysctls = DriverOpts?.[optionNames.endpointSysctls];
  return {
    networkId,
    ...said({
      ipv4: IPAMConfig?.IPv4Address || undefined,
      ipv6: IPAMConfig?.IPv6Address || undefined,
      macAddress: MacAddress || undefined,
      linkLocal: IPAMConfig?.LinkLocalIPs?.length ? IPAMConfig.LinkLocalIPs : undefined,
      interface: DriverOpts?.[optionNames.endpointInterface] || undefined,
      sysctls: sysctls ? parseSysctls(sysctls) : undefined,
      gatewayPriority: GwPriority || undefined,
    }),
  };
}

/** `net.ipv4.conf.IFNAME.log_martians=1,…`; the name of the interface may be lower case, as command lines make it. */
function parseSysctls(text: string): Record<string, string> {
  const settings = text.split(",").map((setting): [string, string] => {
    const at = setting.indexOf("=");
    const name = setting.slice(0, at).replace(".ifname.", ".IFNAME.");
    return [name, setting.slice(at + 1)];
  });
  return Object.fromEntries(settings);
}
