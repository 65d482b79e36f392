import type { ContainerRecord } from "../record.ts";
import type { LinkedContainer } from "./links.ts";
import { parsePort } from "./ports.ts";

/** The environment variables that a link sets in the container that has it; docs.docker.com/network/links. */
export function linkEnvironment(
  from: ContainerRecord,
  { alias, record, ipv4 = "" }: LinkedContainer,
): string[] {
  const prefix = alias.toUpperCase().replaceAll("-", "_");
  const ports = Object.keys(record.config.ExposedPorts ?? {})
    .map(parsePort)
    .sort(tcpFirst);
  const url = (port: ReturnType<typeof parsePort>) => `${port.protocol}://${ipv4}:${port.containerPort}`;
  const [first] = ports;
  return [
    `${prefix}_NAME=/${from.name}/${alias}`,
    ...(first === undefined ? [] : [`${prefix}_PORT=${url(first)}`]),
    ...ports.flatMap((port) => {
      const name = `${prefix}_PORT_${port.containerPort}_${port.protocol.toUpperCase()}`;
      return [
        `${name}=${url(port)}`,
        `${name}_ADDR=${ipv4}`,
        `${name}_PORT=${port.containerPort}`,
        `${name}_PROTO=${port.protocol}`,
      ];
    }),
    ...(record.config.Env ?? [])
      .filter((variable) => variable.includes("=") && !/^(HOME|PATH)=/.test(variable))
      .map((variable) => `${prefix}_ENV_${variable}`),
  ];
}

function tcpFirst(a: ReturnType<typeof parsePort>, b: ReturnType<typeof parsePort>): number {
  const protocols = Number(b.protocol === "tcp") - Number(a.protocol === "tcp");
  return protocols || a.protocol.localeCompare(b.protocol) || a.containerPort - b.containerPort;
}
