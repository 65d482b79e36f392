import { apiVersion } from "../../../api/common.ts";
import type { VersionResponse } from "../../../api/index.ts";
import { buildTime, gitCommit, productVersion } from "../../../api/product.ts";
import { version } from "../../../client/system/version.ts";
import { command, noArguments } from "../../command.ts";
import { objectFormat } from "../../opts/format.ts";
import { programName } from "../../program.ts";
import { describe } from "../../report.ts";
import { print, printError } from "../../streams/print.ts";
import { compileTemplate, type Value } from "../../template/index.ts";
import { toJson } from "../../template/show.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: { format: objectFormat() },
  async run({ flags: { format }, connect }) {
    const template = format === "" || format === "json" ? undefined : compileTemplate(format);
    let server: VersionResponse | null = null;
    let failure: unknown;
    try {
      server = await version(await connect());
    } catch (error) {
      failure = error;
    }
    const data = { Client: client(), Server: server };
    if (template !== undefined) print(`${template.execute(goNames(data))}\n`);
    else if (format === "json") print(`${toJson(data as unknown as Value)}\n`);
    else print(pretty(server));
    if (failure === undefined) return 0;
    printError(`${describe(failure)}\n`);
    return 1;
  },
});

/** Templates see the fields by their names in Go, which in one case is not the name in JSON. */
function goNames({
  Client,
  Server,
}: {
  Client: ReturnType<typeof client>;
  Server: VersionResponse | null;
}): Value {
  const named = <T extends { ApiVersion: string }>(fields: T) => ({
    ...fields,
    APIVersion: fields.ApiVersion,
  });
  return { Client: named(Client), Server: Server && named(Server) } as unknown as Value;
}

const os = "linux";
const arch = process.arch === "x64" ? "amd64" : process.arch;

function client() {
  return {
    ...{
      Version: productVersion,
      ApiVersion: apiVersion,
      DefaultAPIVersion: apiVersion,
      GitCommit: gitCommit,
    },
    ...{ GoVersion: `bun${Bun.version}`, Os: os, Arch: arch, BuildTime: buildTime, Context: "default" },
  };
}

function pretty(server: VersionResponse | null): string {
  const own = client();
  const name = programName() === "docker" ? "Docker Engine - Slipway" : "Slipway";
  const rows: [string, string][] = [
    ["Version", own.Version],
    ["API version", own.ApiVersion],
    ["Go version", own.GoVersion],
    ["Git commit", own.GitCommit],
    ["Built", own.BuildTime],
    ["OS/Arch", `${os}/${arch}`],
    ["Context", own.Context],
  ];
  let text = `Client: ${name}\n${table(rows, " ", 19)}`;
  if (server === null) return text;
  text += `\nServer: ${server.Platform?.Name ?? ""}\n`;
  const components = server.Components ?? [];
  for (const { Name, Version, Details = {} } of components) {
    text += ` ${Name}:\n${table(details(Name, Version, Details, server), "  ", 18)}`;
  }
  return text;
}

function details(
  name: string,
  version: string,
  details: Record<string, string>,
  server: VersionResponse,
): [string, string][] {
  if (name !== "Engine")
    return [
      ["Version", version],
      ...(details.GitCommit === undefined ? [] : [["GitCommit", details.GitCommit] as [string, string]]),
    ];
  return [
    ["Version", version],
    ["API version", `${server.ApiVersion} (minimum version ${server.MinAPIVersion})`],
    ["Go version", server.GoVersion],
    ["Git commit", server.GitCommit],
    ["Built", server.BuildTime ?? ""],
    ["OS/Arch", `${server.Os}/${server.Arch}`],
    ["Experimental", String(server.Experimental ?? false)],
  ];
}

function table(rows: [string, string][], indent: string, width: number): string {
  return rows
    .map(([label, value]) => `${indent}${`${label}:`.padEnd(width - indent.length)}${value}\n`)
    .join("");
}
