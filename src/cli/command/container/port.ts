import { inspectContainer } from "../../../client/container/inspect.ts";
import { between, command } from "../../command.ts";
import { hostPort, portMappings } from "../../formatter/ports.ts";
import { wrong } from "../../local-error.ts";
import { cut } from "../../opts/csv.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
  arity: between(1, 2),
  flags: {},
  async run({ args: [name = "", wanted], connect }) {
    const { NetworkSettings } = await inspectContainer(await connect(), name);
    const ports = NetworkSettings.Ports ?? {};
    if (wanted === undefined) {
      print(portMappings(ports));
      return 0;
    }
    const [number, protocol = "tcp"] = cut(wanted, "/");
    if (!/^\d+$/.test(number)) throw wrong(`Error: invalid port: ${wanted}`);
    const bindings = ports[`${number}/${protocol}`] ?? [];
    if (bindings.length === 0) throw wrong(`Error: No public port '${wanted}' published for ${name}`);
    for (const { HostIp = "", HostPort = "" } of bindings) print(`${hostPort(HostIp, HostPort)}\n`);
    return 0;
  },
});
