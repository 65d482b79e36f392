import type { Volume } from "../../../api/index.ts";
import { listVolumes } from "../../../client/volume/list.ts";
import { command, noArguments } from "../../command.ts";
import { bool, unsupported } from "../../flags/kinds.ts";
import { chooseFormat, renderRows } from "../../formatter/render.ts";
import { volumeListing } from "../../formatter/volume.ts";
import { filter } from "../../opts/filter.ts";
import { listFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    cluster: unsupported(
      "Display only cluster volumes",
      "",
      "cluster volumes are not available: this engine is no swarm node",
    ),
    filter: filter('Provide filter values (e.g. "dangling=true")', { short: "f" }),
    format: listFormat(),
    quiet: bool("Only display volume names", { short: "q" }),
  },
  async run({ flags, connect, preferences }) {
    const { Volumes } = await listVolumes(await connect(), flags.filter);
    const byName = (a: Volume, b: Volume) => (a.Name < b.Name ? -1 : 1);
    const { volumesFormat } = await preferences();
    const format = chooseFormat(volumeListing, flags.format, flags.quiet, volumesFormat);
    print(renderRows(volumeListing, format, [...(Volumes ?? [])].sort(byName)));
    return 0;
  },
});
