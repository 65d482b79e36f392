import type { ContainerCreateRequest } from "../../../api/index.ts";
import { formatHost } from "../../../client/host.ts";
import { atLeast, command } from "../../command.ts";
import { withProxies } from "../../config/proxies.ts";
import { report } from "../../report.ts";
import { print } from "../../streams/print.ts";
import { createNamed } from "./create-container.ts";
import { createFlags } from "./create-flags.ts";
import { createRequest } from "./create-request.ts";

export default command({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  arity: atLeast(1),
  interspersed: false,
  flags: createFlags,
  failureStatus: 1,
  async run({ flags, changed, args, config, connect, preferences }) {
    let request: ContainerCreateRequest;
    try {
      request = createRequest(flags, changed, args);
    } catch (error) {
      return report(error, 125, "create");
    }
    const client = await connect();
    request.Env = withProxies(request.Env ?? [], await preferences(), formatHost(client.address));
    const { Id } = await createNamed(client, request, flags, config);
    print(`${Id}\n`);
    return 0;
  },
});
