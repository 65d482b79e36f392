import { invalid } from "../../errors/index.ts";
import { formatPlatform, type Platform } from "../../oci/platform.ts";
import { decode, list, object, string } from "./decode.ts";

const platform = object<Platform>({
  os: string,
  architecture: string,
  variant: string,
  "os.version": string,
  "os.features": list(string),
});

/** A platform as OCI has it in JSON, which is how newer parameters name one, as `os/architecture[/variant]`. */
export function parsePlatformJson(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(`invalid platform ${text}: JSON with "os" and "architecture" is expected`, { cause });
  }
  const parsed = decode(platform, value);
  if (!parsed.os || !parsed.architecture) throw invalid("both OS and Architecture must be provided");
  return formatPlatform(parsed);
}
