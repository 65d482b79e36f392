import { createVolume } from "../../../client/volume/create.ts";
import { between, command } from "../../command.ts";
import { list, map, string } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { toMap } from "../../opts/key-values.ts";
import { validateLabel } from "../../opts/validate.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] [VOLUME]",
  arity: between(0, 1),
  flags: {
    driver: string("Specify volume driver name", { short: "d", initial: "local" }),
    label: list("Set metadata for a volume", { check: validateLabel }),
    name: string("Specify volume name", { hidden: true }),
    opt: map("Set driver specific options", { short: "o" }),
  },
  async run({ flags, args: [name], connect }) {
    if (name !== undefined && flags.name !== "")
      throw wrong(
        "conflicting options: cannot specify a volume-name through both --name and as a positional arg",
      );
    const volume = await createVolume(await connect(), {
      Name: name ?? flags.name,
      Driver: flags.driver,
      DriverOpts: flags.opt,
      Labels: toMap(flags.label),
    });
    print(`${volume.Name}\n`);
    return 0;
  },
});
