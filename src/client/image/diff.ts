import type { ImageDifference } from "../../api/index.ts";
import type { Client } from "../client.ts";
import { jsonLines } from "../lines.ts";
import { imagePath } from "./path.ts";

/** How the files of one image differ from another's, in the order of their paths. Slipway's own endpoint. */
export async function* diffImages(
  client: Client,
  from: string,
  to: string,
  signal?: AbortSignal,
): AsyncGenerator<ImageDifference> {
  const path = imagePath(from, "diff");
  const response = await client.request({ method: "GET", path, query: { with: to }, signal });
  yield* jsonLines<ImageDifference>(response.body);
}
