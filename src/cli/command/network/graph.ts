import type { NetworkGraph } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { networkGraph } from "../../../client/network/graph.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { atLeast, command } from "../../command.ts";
import { string } from "../../flags/kinds.ts";
import { dotGraph } from "../../formatter/network-graph/dot.ts";
import { selectNetworks } from "../../formatter/network-graph/select.ts";
import { fancyGraph, plainGraph } from "../../formatter/network-graph/style.ts";
import { svgGraph } from "../../formatter/network-graph/svg/index.ts";
import { textGraph } from "../../formatter/network-graph/text.ts";
import { wrong } from "../../local-error.ts";
import { isColoured } from "../../streams/coloured.ts";
import { print } from "../../streams/print.ts";

const formats: Record<string, (graph: NetworkGraph) => string> = {
  text: (graph) => textGraph(graph, isColoured() ? fancyGraph : plainGraph),
  svg: svgGraph,
  dot: dotGraph,
  json: (graph) => `${JSON.stringify(graph, undefined, 4)}\n`,
};

export default command({
  usage: "[OPTIONS] [NETWORK...]",
  description:
    "Draw networks, containers, published ports and who reaches whom; all networks unless some are named",
  arity: atLeast(0),
  flags: {
    format: string(
      "How to draw:\n" +
        "'text':   For a terminal (default)\n" +
        "'svg':    A picture, for light and dark pages\n" +
        "'dot':    For Graphviz\n" +
        "'json':   What the others are drawn from",
    ),
  },
  async run({ flags, args, connect }) {
    const format = flags.format || "text";
    const draw = Object.hasOwn(formats, format) ? formats[format] : undefined;
    if (draw === undefined) throw wrong(`unknown format "${format}": choose text, svg, dot or json`);
    print(draw(selectNetworks(await graphOf(await connect()), args)));
    return 0;
  },
});

/** Docker's engine takes the request for one that inspects a network of the name "graph". */
async function graphOf(client: Client): Promise<NetworkGraph> {
  const other = () => wrong("this engine does not tell its networks' graph: slipway's does");
  try {
    const graph = await networkGraph(client);
    if (!("Containers" in graph && "Networks" in graph)) throw other();
    return graph;
  } catch (error) {
    throw error instanceof SlipwayError && error.kind === "notFound" ? other() : error;
  }
}
