import { messageOf } from "../../errors/index.ts";
import { formatPlatform, type Platform, parsePlatform } from "../../oci/platform.ts";
import { wrong } from "../local-error.ts";
import type { Flag } from "./flag.ts";
import { string } from "./kinds.ts";

/** `--platform` of what comes to this host; DOCKER_DEFAULT_PLATFORM is its default. */
export const platformFlag = (): Flag<string> =>
  string("Set platform if server is multi-platform capable", {
    initial: process.env.DOCKER_DEFAULT_PLATFORM ?? "",
  });

/** Reads `os[/arch[/variant]]`; undefined for none. */
export function platformOf(text: string): Platform | undefined {
  if (text === "") return undefined;
  try {
    return parsePlatform(text);
  } catch (error) {
    throw wrong(messageOf(error));
  }
}

/** As `platformOf`, in the words of requests. */
export function platformName(text: string): string | undefined {
  const platform = platformOf(text);
  return platform === undefined ? undefined : formatPlatform(platform);
}
