import type { Volume, VolumeSnapshot } from "../../api/index.ts";
import type { Client } from "../client.ts";

const path = (name: string, verb: string) => `/volumes/${encodeURIComponent(name)}/${verb}`;

/** Containers that use the volume are paused meanwhile. */
export interface PauseOption {
  pause?: boolean;
}

export function renameVolume(client: Client, name: string, to: string): Promise<void> {
  return client.call({ method: "POST", path: path(name, "rename"), query: { name: to } });
}

export function cloneVolume(
  client: Client,
  name: string,
  to: string,
  options: PauseOption = {},
): Promise<Volume> {
  return client.json({ method: "POST", path: path(name, "clone"), query: { name: to, ...options } });
}

export function snapshotVolume(
  client: Client,
  name: string,
  snapshot?: string,
  options: PauseOption = {},
): Promise<VolumeSnapshot> {
  const query = { name: snapshot, ...options };
  return client.json({ method: "POST", path: path(name, "snapshots"), query });
}

export function listVolumeSnapshots(client: Client, name: string): Promise<VolumeSnapshot[]> {
  return client.json({ method: "GET", path: path(name, "snapshots") });
}

export function removeVolumeSnapshot(client: Client, name: string, snapshot: string): Promise<void> {
  return client.call({ method: "DELETE", path: path(name, "snapshots"), query: { name: snapshot } });
}

export function restoreVolume(client: Client, name: string, snapshot: string): Promise<void> {
  return client.call({ method: "POST", path: path(name, "restore"), query: { snapshot } });
}

/** The volume's files as a tar archive. */
export async function exportVolume(
  client: Client,
  name: string,
  { pause, zstd }: PauseOption & { zstd?: boolean } = {},
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const query = { pause, compression: zstd ? "zstd" : undefined };
  return (await client.request({ method: "GET", path: path(name, "export"), query, signal })).body;
}

/** Fills a volume, which is made if need be, from a tar archive, plain or compressed with gzip or zstd. */
export function importVolume(
  client: Client,
  name: string,
  archive: AsyncIterable<Uint8Array>,
  options: { replace?: boolean } = {},
): Promise<Volume> {
  const query = { ...options };
  return client.json({ method: "POST", path: path(name, "import"), query, body: { stream: archive } });
}
