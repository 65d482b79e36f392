import { tagImage } from "../../../client/image/tag.ts";
import { command, exactly } from "../../command.ts";
import { splitTarget } from "../../opts/reference.ts";

export default command({
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  arity: exactly(2),
  flags: {},
  async run({ args: [source = "", target = ""], connect }) {
    const { repo = "", tag } = splitTarget(target);
    await tagImage(await connect(), source, repo, tag);
    return 0;
  },
});
