import { createNetwork } from "../../../client/network/create.ts";
import { command, exactly } from "../../command.ts";
import { bool, list, map, string, strings } from "../../flags/kinds.ts";
import { poolsOf } from "../../opts/ipam.ts";
import { toMap } from "../../opts/key-values.ts";
import { validateLabel } from "../../opts/validate.ts";
import { print, printError } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] NETWORK",
  arity: exactly(1),
  flags: {
    attachable: bool("Enable manual container attachment"),
    "aux-address": map("Auxiliary IPv4 or IPv6 addresses used by Network driver"),
    "config-from": string("The network from which to copy the configuration"),
    "config-only": bool("Create a configuration only network"),
    driver: string("Driver to manage the Network", { short: "d", initial: "bridge" }),
    gateway: strings("IPv4 or IPv6 Gateway for the master subnet"),
    ingress: bool("Create swarm routing-mesh network"),
    internal: bool("Restrict external access to the network"),
    "ip-range": strings("Allocate container ip from a sub-range"),
    "ipam-driver": string("IP Address Management Driver", { initial: "default" }),
    "ipam-opt": map("Set IPAM driver specific options"),
    ipv4: bool("Enable or disable IPv4 address assignment", { on: true }),
    ipv6: bool("Enable or disable IPv6 address assignment"),
    label: list("Set metadata on a network", { check: validateLabel }),
    opt: map("Set driver specific options", { short: "o" }),
    scope: string("Control the network's scope"),
    subnet: strings("Subnet in CIDR format that represents a network segment"),
  },
  async run({ flags, changed, args: [name = ""], connect }) {
    const Config = poolsOf({
      subnets: flags.subnet,
      ranges: flags["ip-range"],
      gateways: flags.gateway,
      auxiliary: flags["aux-address"],
    });
    const from = flags["config-from"];
    const { Id, Warning } = await createNetwork(await connect(), {
      Name: name,
      Driver: flags.driver,
      Scope: flags.scope,
      Internal: flags.internal,
      Attachable: flags.attachable,
      Ingress: flags.ingress,
      ConfigOnly: flags["config-only"],
      ...(from === "" ? {} : { ConfigFrom: { Network: from } }),
      IPAM: { Driver: flags["ipam-driver"], Options: flags["ipam-opt"], Config },
      ...(changed("ipv4") ? { EnableIPv4: flags.ipv4 } : {}),
      ...(changed("ipv6") ? { EnableIPv6: flags.ipv6 } : {}),
      Options: flags.opt,
      Labels: toMap(flags.label),
    });
    if (Warning) printError(`WARNING: ${Warning}\n`);
    print(`${Id}\n`);
    return 0;
  },
});
