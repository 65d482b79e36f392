import { updateContainerPorts } from "../../../client/container/update-ports.ts";
import { atLeast, command } from "../../command.ts";
import { portMappings } from "../../formatter/ports.ts";
import { bindingsOf } from "../../opts/port.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "CONTAINER PORT [PORT...]",
  description:
    "Publish further ports of a container, also while it runs\n\n" +
    "A PORT is written as for --publish of run: 8080:80, 127.0.0.1:8080:80/udp, 9000-9010:9000-9010.\n" +
    "All of them are published, or none. It prints where the container's ports are published now.",
  arity: atLeast(2),
  flags: {},
  async run({ args: [name = "", ...specs], connect }) {
    const Add = bindingsOf(specs);
    const { Ports } = await updateContainerPorts(await connect(), name, { Add });
    const touched = Object.entries(Ports).filter(([port]) => Object.hasOwn(Add, port));
    print(portMappings(Object.fromEntries(touched)));
    return 0;
  },
});
