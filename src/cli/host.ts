import { wrong } from "./local-error.ts";

export const defaultHost = "unix:///run/slipway/slipway.sock";

/** What names the engine, and whether a person named it. */
export interface HostChoice {
  readonly host: string;
  readonly explicit: boolean;
}

/** `--host`, then SLIPWAY_HOST, then DOCKER_HOST, then our own socket. Throws for several hosts. */
export function chooseHost(named: readonly string[], context: string): HostChoice {
  if (context !== "" && context !== "default") {
    throw wrong(`context "${context}" does not exist: name the engine with --host or SLIPWAY_HOST instead`);
  }
  if (named.length > 1) throw wrong("specify only one -H");
  const host = named[0] || process.env.SLIPWAY_HOST || process.env.DOCKER_HOST;
  return host === undefined || host === ""
    ? { host: defaultHost, explicit: false }
    : { host, explicit: host !== defaultHost };
}
