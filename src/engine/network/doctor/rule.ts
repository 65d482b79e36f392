import { readFileSync } from "node:fs";
import type { NetworkDoctorHop } from "../../../api/index.ts";
import type { EngineContext } from "../../context.ts";
import { leadsOut, letsTalk } from "../traits.ts";
import type { Attempt } from "./attempt.ts";
import { type Dropped, findDrops } from "./dropped.ts";
import { failed, listed, ok, skipped, warning } from "./finding.ts";
import type { LocatedRule } from "./packet-filters.ts";
import type { Patient } from "./patient.ts";
import type { Place } from "./place.ts";
import type { Way } from "./route.ts";
import type { Target } from "./target.ts";

interface Reason {
  readonly detail: string;
  readonly remedy: string;
}

/** Does a rule of this host, or one inside the container, keep the packets from arriving? */
export async function examineRules(
  engine: Pick<EngineContext, "networks">,
  patient: Patient,
  target: Target,
  { way, place, attempt }: { way: Way; place: Place; attempt: Attempt },
  signal: AbortSignal,
): Promise<NetworkDoctorHop> {
  const { outcome } = attempt;
  if (outcome.kind === "answered") return ok("rule", "packets pass the host's rules");
  if (way.route.local && outcome.kind === "refused") return skipped("rule", "nothing leaves the container");
  // A refusal comes from where the packets went, unless a rule makes it up, which has counted then.
  const known = outcome.kind === "refused" ? undefined : intended(engine, patient, way, place);
  const dropped = await findDrops(patient, target, { way, place }, signal);
  const evidence = dropped.by.map(ruleText);
  if (known !== undefined) {
    const detail = evidence.length === 0 ? known.detail : `${known.detail} (${evidence.join("; ")})`;
    return failed("rule", detail, known.remedy);
  }
  const [rule] = dropped.by;
  if (rule !== undefined)
    return failed("rule", `packets are dropped by ${listed(evidence)}`, ruleRemedy(rule));
  return unexplained(outcome.kind, dropped);
}

function unexplained(outcome: Attempt["outcome"]["kind"], { maybe }: Dropped): NetworkDoctorHop {
  if (outcome === "refused") return ok("rule", "packets pass the host's rules");
  if (maybe.length === 0) return ok("rule", "no rule of this host has dropped the packets");
  const what = `no rule that counts has dropped the packets; of those that do not count these could have: ${maybe.map(ruleText).join("; ")}`;
  return warning("rule", what, 'give them counters ("counter" in nft) and ask again');
}

/** What the engine itself does on purpose. */
function intended(
  { networks }: Pick<EngineContext, "networks">,
  { owner, endpoints }: Patient,
  { address, route, network: by = "" }: Way,
  place: Place,
): Reason | undefined {
  const { name } = owner.record;
  if (place.kind === "container") {
    const { network, container } = place;
    const other = container.record.name;
    if (endpoints[network.name] === undefined) {
      return {
        detail: `${other} is on ${network.name}, ${name} is not: networks are kept apart`,
        remedy: `connect ${name} to ${network.name}:\nslipway network connect ${network.name} ${name}`,
      };
    }
    if (letsTalk(network)) return undefined;
    return {
      detail: `containers on ${network.name} may not talk to each other`,
      remedy: `give the two a network of their own:\nslipway network create NETWORK\nslipway network connect NETWORK ${name}\nslipway network connect NETWORK ${other}`,
    };
  }
  const network = networks.named(by);
  if (network !== undefined && !leadsOut(network) && route.gateway !== undefined) {
    return {
      detail: `${by} is internal: nothing leads out of it`,
      remedy: `connect the container to another network too:\nslipway network connect NETWORK ${name}`,
    };
  }
  if (place.kind !== "outside" || network?.settings?.driver !== "bridge") return undefined;
  return forwarding(address);
}

/** Without it the kernel passes nothing on between interfaces. */
function forwarding(address: string): Reason | undefined {
  const setting = address.includes(":") ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward";
  if (readFileSync(`/proc/sys/${setting.replaceAll(".", "/")}`, "utf8").trim() !== "0") return undefined;
  return {
    detail: `the host forwards no packets: ${setting} is 0`,
    remedy: `switch it on, on the host:\nsysctl -w ${setting}=1`,
  };
}

const ruleText = ({ where, chain, rule, packets }: LocatedRule): string =>
  `${chain} ${where}: ${rule}${packets === undefined ? "" : ` [${packets} packets]`}`;

function ruleRemedy({ chain, rule, where }: LocatedRule): string {
  const [family = "", table = "", ...rest] = chain.split(" ");
  if (rest.length > 0) {
    return `change this rule ${where}; its number is told by:\nnft -a list chain ${family} ${table} ${rest.join(" ")}`;
  }
  if (rule.startsWith("policy"))
    return `let the packets pass by a rule of your own ${where}, or change the policy:\niptables -t ${family} -P ${table} ACCEPT`;
  return `remove this rule ${where}, or let the packets pass before it:\niptables -t ${family} -D ${table} ${rule}`;
}
