import { containerLogs } from "../../../client/container/logs.ts";
import { command, exactly } from "../../command.ts";
import { bool, string } from "../../flags/kinds.ts";
import { moment } from "../../opts/moment.ts";
import { copyOutput } from "../../streams/demultiplex.ts";
import { openOutput } from "../../streams/output.ts";

const momentHelp = 'timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)';

export default command({
  usage: "[OPTIONS] CONTAINER",
  arity: exactly(1),
  flags: {
    details: bool("Show extra details provided to logs"),
    follow: bool("Follow log output", { short: "f" }),
    since: string(`Show logs since ${momentHelp}`),
    tail: string("Number of lines to show from the end of the logs", { short: "n", initial: "all" }),
    timestamps: bool("Show timestamps", { short: "t" }),
    until: string(`Show logs before a ${momentHelp}`),
  },
  async run({ flags, args: [name = ""], connect }) {
    const { framing, chunks } = await containerLogs(await connect(), name, {
      ...flags,
      since: moment(flags.since),
      until: moment(flags.until),
      stdout: true,
      stderr: true,
    });
    await copyOutput(framing, chunks, openOutput());
    return 0;
  },
});
