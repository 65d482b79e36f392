import type { ImageInspect } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { imagePath } from "./path.ts";

export function inspectImage(client: Client, ref: string): Promise<ImageInspect> {
  return client.json({ method: "GET", path: imagePath(ref, "json") });
}
