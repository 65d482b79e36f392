import type { EngineConfig } from "../engine/config/index.ts";
import { invalid, unavailable } from "../errors/index.ts";

/** Runtimes that are used where they are installed, the preferred one first. */
const wellKnown = ["crun", "runc"];

/** Adds the runtimes that this host has and settles which is the default. */
export async function withRuntimes(config: EngineConfig): Promise<EngineConfig> {
  const found = wellKnown.flatMap((name) => {
    const path = Bun.which(name, { PATH: `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin` });
    return path === null ? [] : [[name, { path, args: [] as string[] }] as const];
  });
  const runtimes = { ...Object.fromEntries(found), ...config.runtimes };
  const defaultRuntime = config.defaultRuntime || Object.keys(runtimes)[0];
  if (defaultRuntime === undefined) {
    throw unavailable(
      "no OCI runtime found: install crun (apt-get install crun) or name one with --add-runtime",
    );
  }
  if (!(defaultRuntime in runtimes)) {
    throw invalid(
      `the default runtime ${defaultRuntime} is not known: add it with --add-runtime ${defaultRuntime}=PATH`,
    );
  }
  return { ...config, runtimes, defaultRuntime };
}
