import { formatPlatform, type Platform } from "../../../oci/platform.ts";
import type { Lexer } from "../expand/index.ts";
import type { Arg } from "../instructions/index.ts";
import { Environment } from "./environment.ts";

export interface Platforms {
  readonly build: Platform;
  readonly target: Platform;
}

/** The arguments that are there in every Dockerfile, for FROM and for stages that declare them. (Dockerfile reference, "ARG") */
export function predefinedArgs(
  { build, target }: Platforms,
  buildArgs: Readonly<Record<string, string>>,
  targetStage: string,
): Environment {
  const defaults: Record<string, string> = {
    BUILDPLATFORM: formatPlatform(build),
    BUILDOS: build.os,
    BUILDOSVERSION: build["os.version"] ?? "",
    BUILDARCH: build.architecture,
    BUILDVARIANT: build.variant ?? "",
    TARGETPLATFORM: formatPlatform(target),
    TARGETOS: target.os,
    TARGETOSVERSION: target["os.version"] ?? "",
    TARGETARCH: target.architecture,
    TARGETVARIANT: target.variant ?? "",
    TARGETSTAGE: targetStage === "" ? "default" : targetStage,
  };
  return new Environment(
    Object.entries(defaults).map(([name, value]) => [name, own(buildArgs, name) ?? value] as const),
  );
}

/** Adds what ARG before the first FROM declares. `fail` makes an error of what an expansion throws. */
export function withGlobals(
  predefined: Environment,
  globals: readonly Arg[],
  buildArgs: Readonly<Record<string, string>>,
  lexer: Lexer,
  fail: (error: unknown, arg: Arg) => never,
): Environment {
  const args = predefined.copy();
  for (const arg of globals) {
    for (const { key, value } of arg.definitions) {
      let result = own(buildArgs, key);
      try {
        if (result === undefined && value !== undefined) result = lexer.expand(value, args).text;
      } catch (error) {
        fail(error, arg);
      }
      if (result !== undefined) args.set(key, result);
    }
  }
  return args;
}

/** A member that is the record's own: build arguments may be called `constructor`. */
export function own(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

const predefinedProxies = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"];

/** `NAME=value` for the proxies among the build arguments, in both cases: RUN sees them, no result depends on them. */
export function proxiesOf(buildArgs: Readonly<Record<string, string>>): string[] {
  return Object.entries(buildArgs)
    .filter(([name]) => isProxy(name))
    .flatMap(([name, value]) => [`${name.toUpperCase()}=${value}`, `${name.toLowerCase()}=${value}`]);
}

export const isProxy = (name: string): boolean => predefinedProxies.includes(name.toLowerCase());
