import { invalid } from "../../../errors/index.ts";
import type { ParsedDockerfile } from "../parser/index.ts";

/** What a check directive asks for, or a request. */
export interface CheckOptions {
  /** Names of rules; "all" for each. */
  readonly skip: readonly string[];
  readonly experimental: readonly string[];
  /** Findings fail the build. */
  readonly error: boolean;
}

export const noCheckOptions: CheckOptions = { skip: [], experimental: [], error: false };

/** Reads `skip=RuleA,RuleB;error=true`, as after `# check=`. Throws `invalid` in BuildKit's words. */
export function readCheckOptions(text: string): CheckOptions {
  const options = { skip: [] as string[], experimental: [] as string[], error: false };
  for (const part of text.trim() === "" ? [] : text.split(";")) {
    const equals = part.indexOf("=");
    const key = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    if (equals < 0) throw invalid(`invalid check option "${part}"`);
    if (key === "skip" || key === "experimental") options[key] = value.split(",").map((name) => name.trim());
    else if (key === "error") options.error = readError(value, part);
    else throw invalid(`invalid check option "${key}"`);
  }
  return options;
}

function readError(value: string, part: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw invalid(`failed to parse check option "${part}": ${value} is neither true nor false`);
}

/** What a comment before an instruction says for it: `# check=skip=UndefinedVar`. */
export function checkOptionsOfComments(comments: readonly string[]): CheckOptions {
  const comment = comments.map((text) => /^check\s*=\s*(\S+)/i.exec(text)).find((match) => match !== null);
  if (comment === undefined) return noCheckOptions;
  try {
    return readCheckOptions(comment[1]!);
  } catch {
    // A comment that only looks like one is a comment.
    return noCheckOptions;
  }
}

/** What the check directive says, or what is `given` in its stead; a request's options come on top. */
export function checkOptionsOf(
  { directives }: ParsedDockerfile,
  request: { skip: readonly string[]; error: boolean } | undefined,
  given: string | undefined,
): CheckOptions {
  const directive = directives.find(({ name }) => name === "check")?.value.split(" ")[0];
  const own = readCheckOptions(given ?? directive ?? "");
  const skip = [...own.skip, ...(request?.skip ?? [])];
  return { skip, experimental: own.experimental, error: own.error || request?.error === true };
}
