import type { NetworkDoctorHop } from "../../../api/index.ts";
import { NAME_SERVER } from "../../../network/index.ts";
import type { Attempt } from "./attempt.ts";
import { failed, listed, ok, warning } from "./finding.ts";
import { type Listener, listeners, takes } from "./listeners.ts";
import type { Patient } from "./patient.ts";
import type { Place } from "./place.ts";
import { whoIs } from "./reach.ts";
import type { Way } from "./route.ts";
import type { Target } from "./target.ts";

const MOST_NAMED = 6;

/** Does a program take what comes to the port? If its container is one of the engine's, its sockets are looked at. */
export async function examinePort(
  patient: Patient,
  target: Target & { readonly port: number },
  { way, place, attempt }: { way: Way; place: Place; attempt: Attempt },
): Promise<NetworkDoctorHop> {
  const { port, protocol } = target;
  const { kind } = attempt.outcome;
  const what = `port ${port}/${protocol}`;
  if (kind === "answered") return ok("port", `${what} is open`);
  const who = whoIs(place, way.address, patient.name);
  const pid = processAt(place, patient);
  const found = pid === undefined ? undefined : await listeners(pid, protocol);
  const takers = found?.filter((it) => it.port === port) ?? [];
  const isTaken = takers.some((it) => takes(it, way.address));
  if (found !== undefined && !isTaken) return nobodyThere(target, who, place, found, takers, way.address);
  if (kind === "refused") {
    if (isTaken) {
      const rule = `a program of ${who} waits at ${what}, and the connection is refused: a rule on the way rejects it`;
      return failed(
        "port",
        rule,
        "look for rules with REJECT, there and on the host:\niptables-save | grep REJECT",
      );
    }
    return failed("port", `${who} refuses ${what}: no program waits there`, startIt(place));
  }
  if (protocol === "udp") {
    if (isTaken) return ok("port", `a program waits at ${what}; it did not answer the probe, which is usual`);
    return warning("port", `nothing came back from ${what}, which is usual with UDP: it may be open`);
  }
  const silence = `${what} does not answer: packets to it are thrown away on the way or there`;
  return failed("port", silence, `check the packet filter of ${who}`);
}

function processAt(place: Place, patient: Patient): number | undefined {
  if (place.kind === "self") return patient.container.record.state.initPid;
  if (place.kind === "host") return process.pid;
  return place.kind === "container" ? place.container.record.state.initPid : undefined;
}

function nobodyThere(
  { port, protocol }: Target & { readonly port: number },
  who: string,
  place: Place,
  all: readonly Listener[],
  takers: readonly Listener[],
  address: string,
): NetworkDoctorHop {
  const [other] = takers;
  if (other !== undefined) {
    const detail = `the program at ${port}/${protocol} of ${who} waits at ${other.address} only, not at ${address}`;
    return failed("port", detail, "let it listen at all addresses: 0.0.0.0 or ::, by its own configuration");
  }
  const published =
    place.kind === "container"
      ? place.container.record.state.network?.published.find(
          (it) => it.hostPort === port && it.protocol === protocol,
        )
      : undefined;
  const nobody = `no program of ${who} waits at ${port}/${protocol}`;
  if (published !== undefined) {
    const inside = `${published.containerPort}/${protocol}`;
    return failed(
      "port",
      `${nobody}: that is its port on the host`,
      `use its own port between containers: ${inside}`,
    );
  }
  const own = all.filter(({ address: at }) => at !== NAME_SERVER);
  const ports = [...new Set(own.map((it) => it.port))].toSorted((a, b) => a - b).slice(0, MOST_NAMED);
  const others =
    place.kind === "host" || ports.length === 0 ? "" : `; others wait at ${listed(ports.map(String))}`;
  return failed("port", nobody + others, startIt(place));
}

function startIt(place: Place): string {
  if (place.kind !== "container") return "check the port, and that its program runs";
  return `check the port, and that the program runs:\nslipway logs ${place.container.record.name}`;
}
