import { connectNetwork } from "../../../client/network/connect.ts";
import { command, exactly } from "../../command.ts";
import { integer, list, string, strings } from "../../flags/kinds.ts";
import { driverOptions } from "../../opts/driver-option.ts";
import { validateLink } from "../../opts/validate.ts";

export default command({
  usage: "[OPTIONS] NETWORK CONTAINER",
  arity: exactly(2),
  flags: {
    alias: strings("Add network-scoped alias for the container"),
    "driver-opt": strings("driver options for the network"),
    "gw-priority": integer(
      "Highest gw-priority provides the default gateway. Accepts positive and negative values.",
    ),
    ip: string('IPv4 address (e.g., "172.30.100.104")'),
    ip6: string('IPv6 address (e.g., "2001:db8::33")'),
    link: list("Add link to another container", { check: validateLink }),
    "link-local-ip": strings("Add a link-local address for the container"),
  },
  async run({ flags, args: [network = "", container = ""], connect }) {
    const DriverOpts = driverOptions(flags["driver-opt"]);
    await connectNetwork(await connect(), network, {
      Container: container,
      EndpointConfig: {
        IPAMConfig: {
          IPv4Address: flags.ip,
          IPv6Address: flags.ip6,
          LinkLocalIPs: flags["link-local-ip"],
        },
        Links: flags.link,
        Aliases: flags.alias,
        DriverOpts,
        GwPriority: flags["gw-priority"] ?? 0,
      },
    });
    return 0;
  },
});
