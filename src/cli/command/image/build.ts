import { rmSync } from "node:fs";
import { openAgents, readAgent } from "../../build/agent/index.ts";
import { parseCall } from "../../build/call/call.ts";
import { sourceOf } from "../../build/context.ts";
import { failureText } from "../../build/failure.ts";
import { type BuildFlags, buildFlags } from "../../build/flags.ts";
import { checkDestinations, type Output } from "../../build/output.ts";
import { BuildLog, openView } from "../../build/progress/index.ts";
import { authsOf, requestOf } from "../../build/request.ts";
import { warningLines, writeResults } from "../../build/results.ts";
import { runBuild } from "../../build/run.ts";
import { command, exactly, StatusError } from "../../command.ts";
import { print, printError } from "../../streams/print.ts";

const interrupted = 130;

export default command({
  usage: "[OPTIONS] PATH | URL | -",
  arity: exactly(1),
  flags: buildFlags,
  async run({ flags, args: [path = ""], connect, config }) {
    const call = parseCall(flags.call, flags.check);
    const source = await sourceOf(path, flags.file);
    const outputs = outputsOf(flags);
    checkDestinations(outputs);
    // What an earlier build has left would be taken for this one's.
    if (flags.iidfile !== "") rmSync(flags.iidfile, { force: true });
    const auths = await authsOf(await config(), flags.tag);
    await using agents = await openAgents(flags.ssh.map(readAgent));
    const request = {
      ...requestOf(flags, source, outputs, auths, agents.all),
      ...(call.what === undefined ? {} : { Call: call.what }),
    };
    const log = new BuildLog();
    const view = openView(
      flags.quiet || (call.what !== undefined && flags.progress === "auto") ? "quiet" : flags.progress,
      log,
    );
    const abort = new AbortController();
    const stop = () =>
      abort.abort(new StatusError(interrupted, "ERROR: failed to build: the build was cancelled"));
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
    const archive = source.archive;
    const client = await connect();
    const outcome = await runBuild(client, { request, archive, outputs, view, signal: abort.signal }).catch(
      (error: unknown) => {
        throw abort.signal.aborted ? abort.signal.reason : error;
      },
    );
    if ("failure" in outcome) {
      const { failure } = outcome;
      printError(failureText(failure, log));
      if (call.what === "check" && call.format === "json") {
        const { failedCheck } = await import("../../build/call/index.ts");
        print(failedCheck(failure, request));
      }
      if (failure.kept !== undefined)
        await (await import("../../build/debug.ts")).lookInto(client, failure.kept);
      else if (failure.exitCode !== undefined)
        printError("To look into the root file system of the step that failed, build with --debug.\n");
      // As docker's classic build: a RUN that fails ends the command with its status.
      return failure.exitCode || 1;
    }
    const { result, build } = outcome;
    if (call.what !== undefined) {
      const { answerOf } = await import("../../build/call/index.ts");
      const { text, status } = answerOf(call, result, request);
      print(text);
      return status;
    }
    if (!flags.quiet && flags.progress !== "rawjson") printError(warningLines(result.Warnings));
    writeResults(result, build, { iidfile: flags.iidfile, metadata: flags["metadata-file"] });
    const id = result.Targets.at(-1)?.ImageID;
    if (flags.quiet && id !== undefined) print(`${id}\n`);
    return 0;
  },
});

/** `--push` and `--load` say of images what `--output` can say, too. */
function outputsOf({ output, push, load }: BuildFlags): Output[] {
  const isImage = ({ type }: Output) => type === "image" || type === "registry";
  const outputs = output.map((one) =>
    push && one.type === "image" ? { ...one, attributes: { ...one.attributes, push: "true" } } : one,
  );
  if ((push || load) && !outputs.some(isImage))
    outputs.push({ type: "image", attributes: push ? { push: "true" } : {} });
  return outputs;
}
