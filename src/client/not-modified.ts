import { SlipwayError } from "../errors/index.ts";

/** True when the call changed something, false when all was so already (304). */
export async function unlessNotModified(call: Promise<void>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "notModified") return false;
    throw error;
  }
}
