import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Container } from "../../../engine/container/container.ts";
import { hostsFile } from "../../../engine/container/network/hosts.ts";
import { type JoinedNetwork, joinNetwork } from "../../../engine/container/network/join.ts";
import { sharedWith } from "../../../engine/container/network/mode.ts";
import { usesNameServer } from "../../../engine/container/network/names.ts";
import { namedResolvConf, plainResolvConf } from "../../../engine/container/network/resolv-conf.ts";
import type { ContainerRecord } from "../../../engine/container/record.ts";
import { Undo } from "../../../engine/container/undo.ts";
import type { EngineContext } from "../../../engine/context.ts";
import { renderHosts } from "../../../network/index.ts";
import type { Mount } from "../../../oci/spec.ts";
import type { Workplace } from "../workplace.ts";

/** A step's network, and the files that say what is in it. */
export interface StepNetwork {
  readonly namespace: JoinedNetwork["namespace"];
  readonly mounts: readonly Mount[];
}

/** Gives a step the network that its record asks for, until its workplace ends. */
export async function joinStepNetwork(
  engine: EngineContext,
  record: ContainerRecord,
  workplace: Workplace,
): Promise<StepNetwork> {
  const undo = new Undo();
  workplace.atEnd(() => undo.run((problem) => engine.log("error", `build step: ${problem}`)));
  const joined = await joinNetwork(engine, new Container(record), undo);
  return { namespace: joined.namespace, mounts: networkFiles(engine, record, joined, workplace.directory) };
}

function networkFiles(
  engine: EngineContext,
  record: ContainerRecord,
  joined: JoinedNetwork,
  directory: string,
): Mount[] {
  const owner = sharedWith(record.hostConfig);
  const paths =
    owner === undefined
      ? writeFiles(engine, record, joined, directory)
      : engine.paths.container(engine.containers.find(owner).id);
  // No /etc/hostname: as with BuildKit it is the file system's, and a step may write it.
  const files = { "resolv.conf": paths.resolvConf, hosts: paths.hosts };
  return Object.entries(files).map(([name, source]) => ({
    destination: `/etc/${name}`,
    type: "bind",
    source,
    options: ["bind", "rprivate", ...(owner === undefined ? [] : ["ro"])],
  }));
}

function writeFiles(
  engine: EngineContext,
  record: ContainerRecord,
  { recorded, links }: JoinedNetwork,
  directory: string,
): { hosts: string; resolvConf: string } {
  const endpoints = recorded?.endpoints ?? {};
  const resolvConf = usesNameServer(engine, endpoints)
    ? namedResolvConf(engine, record).text
    : plainResolvConf(engine, record);
  const file = (name: string, text: string) => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o644 });
    return path;
  };
  return {
    hosts: file("hosts", renderHosts(hostsFile(engine, record, endpoints, links))),
    resolvConf: file("resolv.conf", resolvConf),
  };
}
