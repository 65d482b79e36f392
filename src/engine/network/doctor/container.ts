import type { NetworkDoctorHop } from "../../../api/index.ts";
import { modeOf, sharedWith } from "../../container/network/mode.ts";
import type { ContainerRecord } from "../../container/record.ts";
import { statusWord } from "../../container/status.ts";
import { failed, listed, ok, warning } from "./finding.ts";

/** Does the container run, so that it has a network at all? */
export function examineContainer(record: ContainerRecord): NetworkDoctorHop {
  const { name, hostConfig, state } = record;
  if (state.initPid === 0) {
    const word = statusWord(record);
    if (word === "restarting") {
      const why = `${name} is waiting for its restart, its process ended with status ${state.exitCode}`;
      return failed("container", why, `see why it ends:\nslipway logs ${name}`);
    }
    const never = word === "created" ? "was created and never started" : `is not running (${word})`;
    return failed("container", `${name} ${never}: it has no network`, `start it:\nslipway start ${name}`);
  }
  if (state.status === "paused") {
    const what = `${name} is paused: its network is there, its programs are not`;
    return warning("container", what, `let it go on:\nslipway unpause ${name}`);
  }
  return ok("container", `${name} runs, ${where(record, sharedWith(hostConfig))}`);
}

function where({ hostConfig, state }: ContainerRecord, owner: string | undefined): string {
  if (owner !== undefined) return `in the network of ${owner}`;
  if (modeOf(hostConfig) === "host") return "in the host's network";
  const names = Object.keys(state.network?.endpoints ?? {});
  return names.length === 0 ? "on no network" : `on ${listed(names)}`;
}
