import { bootstrapImage } from "../../../client/image/bootstrap.ts";
import { command, exactly } from "../../command.ts";
import { showProgress } from "../../streams/progress.ts";

export default command({
  usage: "IMAGE",
  description:
    "Make a base image from the host's packages\n\n" +
    "IMAGE is busybox (from the package busybox-static) or debian:SUITE, such as\n" +
    "debian:bookworm (from Debian's mirror, with debootstrap).",
  arity: exactly(1),
  flags: {},
  async run({ args: [image = ""], connect }) {
    await showProgress(bootstrapImage(await connect(), image));
    return 0;
  },
});
