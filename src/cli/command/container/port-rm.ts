import { updateContainerPorts } from "../../../client/container/update-ports.ts";
import { atLeast, command } from "../../command.ts";
import { parseRemovals } from "../../opts/port-removal.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "CONTAINER PORT [PORT...]",
  description:
    "Take published ports of a container back, also while it runs\n\n" +
    "80/tcp is taken back with all that leads to it; 8080:80 or 127.0.0.1:8080:80 only from that port\n" +
    "of the host. Connections through it end.",
  arity: atLeast(2),
  flags: {},
  async run({ args: [name = "", ...specs], connect }) {
    await updateContainerPorts(await connect(), name, { Remove: parseRemovals(specs) });
    print(specs.map((spec) => `${spec}\n`).join(""));
    return 0;
  },
});
