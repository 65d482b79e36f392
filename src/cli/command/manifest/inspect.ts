import { dirname } from "node:path";
import { formatReference, type Reference } from "../../../oci/reference.ts";
import { between, command } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { fetchManifest } from "../../manifest/fetch.ts";
import { bytesOf, type ImageManifest } from "../../manifest/image-manifest.ts";
import { listOf } from "../../manifest/list.ts";
import { openRepository } from "../../manifest/repository.ts";
import { ManifestStore } from "../../manifest/store.ts";
import { chooseReference } from "../../opts/reference.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] [MANIFEST_LIST] MANIFEST",
  arity: between(1, 2),
  flags: {
    insecure: bool("Allow communication with an insecure registry"),
    verbose: bool("Output additional info including layers and platform", { short: "v" }),
  },
  async run({ flags, args, config }) {
    const file = await config();
    const store = new ManifestStore(dirname(file.path));
    const { reference } = chooseReference(args.at(-1)!, false);
    if (args.length > 1) {
      const manifest = await store.get(chooseReference(args[0]!, false).reference, reference);
      if (manifest === undefined) throw wrong(`No such manifest: ${formatReference(reference)}`);
      print(shown(reference, manifest, flags.verbose));
      return 0;
    }
    const found =
      (await store.list(reference)) ??
      (await fetchManifest(await openRepository(file, reference, flags.insecure), reference));
    print(shown(reference, found, flags.verbose));
    return 0;
  },
});

function shown(reference: Reference, found: ImageManifest | ImageManifest[], verbose: boolean): string {
  if (verbose) return `${JSON.stringify(found, undefined, "\t")}\n`;
  if (Array.isArray(found)) return `${listOf(reference, found).text}\n`;
  return `${JSON.stringify(JSON.parse(Buffer.from(bytesOf(found)).toString()), undefined, "\t")}\n`;
}
