import type { Client } from "../../../client/client.ts";
import { inspectContainer } from "../../../client/container/inspect.ts";
import { inspectImage } from "../../../client/image/inspect.ts";
import { inspectNetwork } from "../../../client/network/inspect.ts";
import { inspectVolume } from "../../../client/volume/inspect.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { atLeast, command } from "../../command.ts";
import { bool, string } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { objectFormat } from "../../opts/format.ts";
import { inspectAll } from "../inspect.ts";

type Lookup = (client: Client, name: string, options: { size: boolean }) => Promise<unknown>;

/** In the order in which a bare name is looked for. */
const lookups: Record<string, Lookup> = {
  container: inspectContainer,
  image: (client, name) => inspectImage(client, name),
  network: (client, name) => inspectNetwork(client, name),
  volume: inspectVolume,
};

export default command({
  usage: "[OPTIONS] NAME|ID [NAME|ID...]",
  arity: atLeast(1),
  flags: {
    format: objectFormat(),
    size: bool("Display total file sizes if the type is container", { short: "s" }),
    type: string("Only inspect objects of the given type"),
  },
  async run({ flags, changed, args, connect }) {
    const { type, size, format } = flags;
    if (changed("type") && type === "")
      throw wrong('type is empty: must be one of "container", "image", "network", "volume"');
    if (type !== "" && !Object.hasOwn(lookups, type)) {
      throw wrong(`unknown type: "${type}": must be one of "container", "image", "network", "volume"`);
    }
    const client = await connect();
    const kinds = type === "" ? Object.keys(lookups) : [type];
    return await inspectAll(args, format, (name) => first(client, kinds, name, size));
  },
});

async function first(client: Client, kinds: string[], name: string, size: boolean): Promise<unknown> {
  for (const kind of kinds) {
    try {
      return await lookups[kind]!(client, name, { size });
    } catch (error) {
      if (kinds.length === 1 || !(error instanceof SlipwayError) || error.kind !== "notFound") throw error;
    }
  }
  throw wrong(`Error: No such object: ${name}`);
}
