import { diagnoseNetwork } from "../../../client/network/doctor.ts";
import { command, exactly } from "../../command.ts";
import { bool, string } from "../../flags/kinds.ts";
import { doctorReport } from "../../formatter/network-doctor.ts";
import { wrong } from "../../local-error.ts";
import { isColoured } from "../../streams/coloured.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "[OPTIONS] CONTAINER TARGET",
  description:
    "Test the path from a container to a target hop by hop, and say where it stops\n\n" +
    "TARGET is a name, an address or a URL, with or without a port: db:5432, 10.0.0.7, [fd00::7]:80,\n" +
    "https://example.com. The exit status is 1 when the target is not reached.",
  arity: exactly(2),
  flags: {
    format: string('How to report: "text", or "json" for the engine\'s report', { initial: "text" }),
    udp: bool("Test a UDP port instead of a TCP one"),
  },
  async run({ flags, args: [Container = "", Target = ""], connect }) {
    if (!["text", "json"].includes(flags.format)) {
      throw wrong(`unknown format "${flags.format}": choose text or json`);
    }
    const Protocol = flags.udp ? "udp" : "tcp";
    const report = await diagnoseNetwork(await connect(), { Container, Target, Protocol });
    const isJson = flags.format === "json";
    print(isJson ? `${JSON.stringify(report, undefined, 4)}\n` : doctorReport(report, isColoured()));
    return report.Ok ? 0 : 1;
  },
});
