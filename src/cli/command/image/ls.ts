import { listImages } from "../../../client/image/list.ts";
import { between, command } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { imageListing, imageRows } from "../../formatter/image.ts";
import { hasName, imageTree } from "../../formatter/image-tree.ts";
import { chooseFormat, renderRows } from "../../formatter/render.ts";
import { wrong } from "../../local-error.ts";
import { filter } from "../../opts/filter.ts";
import { listFormat } from "../../opts/format.ts";
import { print } from "../../streams/print.ts";
import { terminalSize } from "../../streams/terminal.ts";

export default command({
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  arity: between(0, 1),
  flags: {
    all: bool("Show all images (default hides intermediate images)", { short: "a" }),
    digests: bool("Show digests"),
    filter: filter("Filter output based on conditions provided", { short: "f" }),
    format: listFormat(),
    "no-trunc": bool("Don't truncate output"),
    quiet: bool("Only show image IDs", { short: "q" }),
    tree: bool("List multi-platform images as a tree"),
  },
  async run({ flags, args: [reference], connect, preferences }) {
    const filters = reference === undefined ? flags.filter : { ...flags.filter, reference: [reference] };
    if (flags.tree) {
      for (const flag of ["quiet", "no-trunc", "digests", "format"] as const) {
        if (flags[flag]) throw wrong(`--${flag} is not yet supported with --tree`);
      }
      const listed = await listImages(await connect(), { all: flags.all, filters, manifests: true });
      print(imageTree(flags.all ? listed : listed.filter(hasName), terminalSize()?.width));
      return 0;
    }
    const images = await listImages(await connect(), { all: flags.all, filters });
    const listing = imageListing({ truncate: !flags["no-trunc"], digests: flags.digests });
    const { imagesFormat } = await preferences();
    const format = chooseFormat(listing, flags.format, flags.quiet, imagesFormat);
    const rows = imageRows(images, flags.digests || format.includes("{{.Digest}}"));
    print(renderRows(listing, format, rows));
    return 0;
  },
});
