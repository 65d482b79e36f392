import { dirname } from "node:path";
import { formatReference } from "../../../oci/reference.ts";
import { atLeast, command } from "../../command.ts";
import { bool } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { fetchManifest } from "../../manifest/fetch.ts";
import { openRepository } from "../../manifest/repository.ts";
import { ManifestStore } from "../../manifest/store.ts";
import { chooseReference } from "../../opts/reference.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] MANIFEST_LIST MANIFEST [MANIFEST...]",
  arity: atLeast(2),
  flags: {
    amend: bool("Amend an existing manifest list", { short: "a" }),
    insecure: bool("Allow communication with an insecure registry"),
  },
  async run({ flags, args: [target = "", ...names], config }) {
    const file = await config();
    const store = new ManifestStore(dirname(file.path));
    const { reference: list } = chooseReference(target, false);
    if (!flags.amend && (await store.list(list)) !== undefined) {
      throw wrong("refusing to amend an existing manifest list with no --amend flag");
    }
    for (const name of names) {
      const { reference } = chooseReference(name, false);
      if ((await store.get(list, reference))?.Raw !== undefined) continue;
      const repository = await openRepository(file, reference, flags.insecure);
      const manifest = await fetchManifest(repository, reference);
      if (Array.isArray(manifest)) throw wrong(`${formatReference(reference)} is a manifest list`);
      await store.save(list, reference, manifest);
    }
    print(`Created manifest list ${formatReference(list)}\n`);
    return 0;
  },
});
