import { dirname } from "node:path";
import { formatReference } from "../../../oci/reference.ts";
import { atLeast, command } from "../../command.ts";
import { wrong } from "../../local-error.ts";
import { ManifestStore } from "../../manifest/store.ts";
import { chooseReference } from "../../opts/reference.ts";
import { forEach } from "../for-each.ts";

export default command({
  usage: "MANIFEST_LIST [MANIFEST_LIST...]",
  arity: atLeast(1),
  flags: {},
  async run({ args, config }) {
    const store = new ManifestStore(dirname((await config()).path));
    const remove = async (name: string) => {
      const { reference } = chooseReference(name, false);
      if ((await store.list(reference)) === undefined) {
        throw wrong(`No such manifest: ${formatReference(reference)}`);
      }
      await store.remove(reference);
    };
    return await forEach(args, remove, () => "");
  },
});
