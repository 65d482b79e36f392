import type { ContainerTopResponse } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { containerPath } from "./path.ts";

/** `psArgs` are options for ps(1), such as `-ef`. */
export function topContainer(client: Client, ref: string, psArgs?: string): Promise<ContainerTopResponse> {
  return client.json({ method: "GET", path: containerPath(ref, "top"), query: { ps_args: psArgs } });
}
