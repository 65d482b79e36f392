import type { InfoResponse } from "../../../api/index.ts";
import { productVersion } from "../../../api/product.ts";
import { info } from "../../../client/system/info.ts";
import { command, noArguments } from "../../command.ts";
import { binarySize } from "../../formatter/size.ts";
import { objectFormat } from "../../opts/format.ts";
import { print, printError } from "../../streams/print.ts";
import { compileTemplate, type Value } from "../../template/index.ts";
import { toJson } from "../../template/show.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: { format: objectFormat() },
  async run({ flags: { format }, connect }) {
    const template = format === "" || format === "json" ? undefined : compileTemplate(format);
    const answer = await info(await connect());
    const data = { ...answer, ClientInfo: { Debug: false, Context: "default", Version: productVersion } };
    if (template !== undefined) print(`${template.execute(data as unknown as Value)}\n`);
    else if (format === "json") print(`${toJson(data as unknown as Value)}\n`);
    else print(pretty(answer));
    for (const warning of format === "" ? (answer.Warnings ?? []) : []) printError(`${warning}\n`);
    return 0;
  },
});

function pretty(answer: InfoResponse): string {
  const lines = [
    "Client:",
    ` Version:    ${productVersion}`,
    " Context:    default",
    " Debug Mode: false",
    "",
    "Server:",
    ` Containers: ${answer.Containers}`,
    `  Running: ${answer.ContainersRunning}`,
    `  Paused: ${answer.ContainersPaused}`,
    `  Stopped: ${answer.ContainersStopped}`,
    ` Images: ${answer.Images}`,
    ` Server Version: ${answer.ServerVersion}`,
    ` Storage Driver: ${answer.Driver}`,
    ...(answer.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
    ` Logging Driver: ${answer.LoggingDriver}`,
    ` Cgroup Driver: ${answer.CgroupDriver}`,
    ` Cgroup Version: ${answer.CgroupVersion}`,
    " Plugins:",
    `  Volume: ${answer.Plugins.Volume.join(" ")}`,
    `  Network: ${answer.Plugins.Network.join(" ")}`,
    `  Log: ${answer.Plugins.Log.join(" ")}`,
    ` Swarm: ${String(answer.Swarm.LocalNodeState ?? "inactive")}`,
    ` Runtimes: ${Object.keys(answer.Runtimes).sort().join(" ")}`,
    ` Default Runtime: ${answer.DefaultRuntime}`,
    ` Init Binary: ${answer.InitBinary}`,
    " Security Options:",
    ...securityOptions(answer.SecurityOptions ?? []),
    ` Kernel Version: ${answer.KernelVersion}`,
    ` Operating System: ${answer.OperatingSystem}`,
    ` OSType: ${answer.OSType}`,
    ` Architecture: ${answer.Architecture}`,
    ` CPUs: ${answer.NCPU}`,
    ` Total Memory: ${binarySize(answer.MemTotal)}`,
    ` Name: ${answer.Name}`,
    ` ID: ${answer.ID}`,
    ` Docker Root Dir: ${answer.DockerRootDir}`,
    ` Debug Mode: ${answer.Debug}`,
    ` Experimental: ${answer.ExperimentalBuild}`,
    ` Live Restore Enabled: ${answer.LiveRestoreEnabled}`,
  ];
  return `${lines.join("\n")}\n\n`;
}

/** `name=seccomp,profile=builtin` as docker lists it: the name, and its settings below. */
function securityOptions(options: readonly string[]): string[] {
  return options.flatMap((option) => {
    const [name = "", ...settings] = option.split(",");
    const shown = settings.map((setting) => `   ${setting.replace(/^profile=/, "Profile: ")}`);
    return [`  ${name.replace(/^name=/, "")}`, ...shown];
  });
}
