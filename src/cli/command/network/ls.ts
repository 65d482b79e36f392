import type { NetworkInspect } from "../../../api/index.ts";
import { listNetworks } from "../../../client/network/list.ts";
import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { naturally } from "../../formatter/natural.ts";
import { chooseFormat, type Listing, renderRows } from "../../formatter/render.ts";
import { labelList, shortId } from "../../formatter/text.ts";
import { goTimeOf } from "../../formatter/time.ts";
import { filter } from "../../opts/filter.ts";
import { listFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    filter: filter('Provide filter values (e.g. "driver=bridge")', { short: "f" }),
    format: listFormat(),
    "no-trunc": bool("Do not truncate the output"),
    quiet: bool("Only display network IDs", { short: "q" }),
  },
  async run({ flags, connect, preferences }) {
    const networks = await listNetworks(await connect(), flags.filter);
    const listing = networkListing(!flags["no-trunc"]);
    const byName = (a: NetworkInspect, b: NetworkInspect) => naturally(a.Name, b.Name);
    const { networksFormat } = await preferences();
    const format = chooseFormat(listing, flags.format, flags.quiet, networksFormat);
    print(renderRows(listing, format, [...networks].sort(byName)));
    return 0;
  },
});

function networkListing(truncate: boolean): Listing<NetworkInspect> {
  return {
    typeName: "*network.networkContext",
    table: "table {{.ID}}\\t{{.Name}}\\t{{.Driver}}\\t{{.Scope}}",
    headings: {
      ...{ ID: "NETWORK ID", Name: "NAME", Driver: "DRIVER", Scope: "SCOPE", IPv4: "IPV4", IPv6: "IPV6" },
      ...{ Internal: "INTERNAL", Labels: "LABELS", CreatedAt: "CREATED AT" },
    },
    row: (network) => ({
      ID: truncate ? shortId(network.Id) : network.Id,
      Name: network.Name,
      Driver: network.Driver,
      Scope: network.Scope,
      IPv4: String(network.EnableIPv4),
      IPv6: String(network.EnableIPv6),
      Internal: String(network.Internal),
      Labels: labelList(network.Labels),
      Label: (name) => network.Labels?.[String(name)] ?? "",
      CreatedAt: goTimeOf(network.Created),
    }),
  };
}
