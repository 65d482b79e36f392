import type { ContainerPathStat } from "../../api/index.ts";
import { systemError } from "../../errors/index.ts";
import type { Client, Response } from "../client.ts";
import { containerPath } from "./path.ts";

export async function statContainerPath(
  client: Client,
  ref: string,
  path: string,
): Promise<ContainerPathStat> {
  const url = containerPath(ref, "archive");
  const response = await client.request({ method: "HEAD", path: url, query: { path } });
  for await (const _ of response.body);
  return pathStat(response);
}

/**
 * What is at a path in a container, as a tar archive of one entry and what is below it. A path that does not exist and
 * has `*`, `?` or `[` in it is a pattern: `matches` says of how many files the archive is then, and is 0 otherwise.
 */
export async function getContainerArchive(
  client: Client,
  ref: string,
  path: string,
  signal?: AbortSignal,
): Promise<{ stat: ContainerPathStat; tar: AsyncIterable<Uint8Array>; matches: number }> {
  const url = containerPath(ref, "archive");
  const response = await client.request({ method: "GET", path: url, query: { path }, signal });
  const matches = Number(response.headers.get("x-slipway-matches") ?? 0);
  return { stat: pathStat(response), tar: response.body, matches };
}

/** Unpacks a tar archive into a directory of a container. */
export function putContainerArchive(
  client: Client,
  ref: string,
  path: string,
  tar: AsyncIterable<Uint8Array>,
  options: { noOverwriteDirNonDir?: boolean; copyUIDGID?: boolean } = {},
  signal?: AbortSignal,
): Promise<void> {
  const query = { path, ...options };
  const url = containerPath(ref, "archive");
  return client.call({ method: "PUT", path: url, query, body: { stream: tar }, signal });
}

function pathStat(response: Response): ContainerPathStat {
  const header = response.headers.get("x-docker-container-path-stat");
  if (header === undefined) throw systemError("the engine's answer has no X-Docker-Container-Path-Stat");
  return JSON.parse(Buffer.from(header, "base64").toString()) as ContainerPathStat;
}
