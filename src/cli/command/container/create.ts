import { atLeast, command } from "../../command.ts";
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
  async run({ flags, changed, args, config, connect }) {
    const request = createRequest(flags, changed, args);
    const { Id } = await createNamed(await connect(), request, flags, config);
    print(`${Id}\n`);
    return 0;
  },
});
