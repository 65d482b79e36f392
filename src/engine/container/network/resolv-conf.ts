import { readFileSync } from "node:fs";
import {
  isResolvedStub,
  NAME_SERVER,
  type NameServerConf,
  RESOLVED_UPSTREAM_FILE,
  renderNameServerConf,
  renderResolvConf,
} from "../../../network/index.ts";
import { ifThere } from "../../../os/if-there.ts";
import type { EngineContext } from "../../context.ts";
import type { ContainerRecord } from "../record.ts";
import { modeOf } from "./mode.ts";

type Engine = Pick<EngineContext, "config">;
type Settings = Pick<ContainerRecord, "hostConfig">;

/** The resolv.conf of a container that asks the servers of its host or of its user itself. */
export function plainResolvConf(engine: Engine, record: Settings): string {
  const ownNetwork = modeOf(record.hostConfig) !== "host";
  return renderResolvConf(hostResolvConf(), overrides(engine, record), { ownNetwork });
}

/** That of one that asks the embedded name server. */
export const namedResolvConf = (engine: Engine, record: Settings): NameServerConf =>
  renderNameServerConf(NAME_SERVER, hostResolvConf(), overrides(engine, record));

function overrides({ config }: Engine, { hostConfig }: Settings) {
  const pick = (own: string[] | null | undefined, general: string[]) => (own?.length ? own : general);
  return {
    nameservers: pick(hostConfig.Dns, config.dns),
    search: pick(hostConfig.DnsSearch, config.dnsSearch),
    options: pick(hostConfig.DnsOptions, config.dnsOptions),
  };
}

function hostResolvConf(): string {
  const text = ifThere(() => readFileSync("/etc/resolv.conf", "utf8")) ?? "";
  return isResolvedStub(text) ? (ifThere(() => readFileSync(RESOLVED_UPSTREAM_FILE, "utf8")) ?? text) : text;
}
