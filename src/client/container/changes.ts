import type { FilesystemChange } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

export async function containerChanges(client: Client, ref: string): Promise<FilesystemChange[]> {
  return (
    (await client.json<FilesystemChange[] | null>({ method: "GET", path: containerPath(ref, "changes") })) ??
    []
  );
}
