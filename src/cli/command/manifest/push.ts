import { dirname } from "node:path";
import { formatReference, parseReference } from "../../../oci/reference.ts";
import { command, exactly } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { listOf } from "../../manifest/list.ts";
import { bringImage } from "../../manifest/push.ts";
import { asked, openRepository, untilTheEnd } from "../../manifest/repository.ts";
import { ManifestStore } from "../../manifest/store.ts";
import { chooseReference } from "../../opts/reference.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] MANIFEST_LIST",
  arity: exactly(1),
  flags: {
    insecure: bool("Allow push to an insecure registry"),
    purge: bool("Remove the local manifest list after push", { short: "p" }),
  },
  async run({ flags, args: [target = ""], config }) {
    const file = await config();
    const store = new ManifestStore(dirname(file.path));
    const { reference } = chooseReference(target, false);
    const images = await store.list(reference);
    if (images === undefined || images.length === 0)
      throw wrong(`No such manifest: ${formatReference(reference)}`);
    for (const { Ref, Descriptor } of images) {
      if (Descriptor.platform?.architecture && Descriptor.platform.os) continue;
      throw wrong(`manifest ${Ref} must have an OS and Architecture to be pushed to a registry`);
    }
    const { mediaType, text } = listOf(reference, images);
    const to = { reference, repository: await openRepository(file, reference, flags.insecure) };
    for (const image of images) {
      const source = parseReference(image.Ref);
      if (source.path === reference.path) continue;
      const from = { reference: source, repository: await openRepository(file, source, flags.insecure) };
      print(await bringImage(image, from, to));
    }
    const name = reference.digest ?? reference.tag!;
    const bytes = Buffer.from(text);
    print(`${await asked(to.repository.putManifest(name, mediaType, bytes, untilTheEnd))}\n`);
    if (flags.purge) await store.remove(reference);
    return 0;
  },
});
