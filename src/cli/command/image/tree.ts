import { imageTree } from "../../../client/image/tree.ts";
import { command, noArguments } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { renderTree } from "../../formatter/layer-tree.ts";
import { wrong } from "../../local-error.ts";
import { objectFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";
import { terminalSize } from "../../streams/terminal.ts";

export default command({
  usage: "[OPTIONS]",
  description:
    "Show which images share which layers.\n\n" +
    "A line without a mark is a layer, or several on each other, with what they add; ▪ is an image with its whole size.",
  arity: noArguments,
  flags: {
    format: objectFormat({}),
    layers: bool("Show each layer on a line of its own"),
    "no-trunc": bool("Don't truncate output"),
  },
  async run({ flags, connect }) {
    if (!["", "json"].includes(flags.format)) throw wrong("a tree has no template: use --format json");
    const tree = await imageTree(await connect());
    const truncate = !flags["no-trunc"];
    const width = truncate ? terminalSize()?.width : undefined;
    if (flags.format === "json") print(`${JSON.stringify(tree)}\n`);
    else if (tree.Roots.length + tree.Empty.length > 0)
      print(renderTree(tree, { width, truncate, layers: flags.layers }));
    return 0;
  },
});
