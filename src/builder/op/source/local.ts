import { notFound } from "../../../errors/index.ts";
import type { LocalOp } from "../../graph/index.ts";
import type { Operation } from "../../solver/model.ts";

/** A directory of whoever asked for the build, read in place. */
export function localOperation(): Operation<LocalOp> {
  return {
    key: async () => undefined,
    async run({ name, ignore }, _inputs, { session }) {
      const path = session.directories.get(name);
      if (path === undefined) throw notFound(`the build has no context ${JSON.stringify(name)}`);
      return { kind: "directory", path, ignore };
    },
  };
}
