import { formatPlatform, hostPlatform, parsePlatform } from "../../../oci/platform.ts";
import { parseReference } from "../../../oci/reference.ts";
import { type Expansion, ExpansionError, type Lexer } from "../expand/index.ts";
import type { Dockerfile, From } from "../instructions/index.ts";
import { type Linter, type Place, rules } from "../lint/index.ts";
import { closest } from "../suggest.ts";
import type { Conversion } from "./conversion.ts";
import { predefinedArgs, withGlobals } from "./globals.ts";

export const placeOf = ({ node }: { node: Place }): Place => node;

/** FROM knows only what ARG before it declares. */
export function lintUndefinedArgs(
  { linter, globals, declaredGlobals }: Conversion,
  from: From,
  { unmatched }: Expansion,
): void {
  for (const name of unmatched) {
    if (declaredGlobals.has(name)) continue;
    const meant = closest(name, [...globals.names(), ...declaredGlobals]);
    const suggestion = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    linter.report(
      rules.UndefinedArgInFrom,
      placeOf(from),
      `FROM argument '${name}' is not declared${suggestion}`,
    );
  }
}

/** A platform that is the default, or that no build can change. */
export function lintFromPlatform({ linter, globals }: Conversion, from: From, expansion: Expansion): void {
  const { text, matched, unmatched } = expansion;
  const isDefault = text === globals.get("TARGETPLATFORM") && matched.has("TARGETPLATFORM");
  if (isDefault && matched.size === 1 && unmatched.size === 0) {
    const what = `Setting platform to predefined ${from.platform} in FROM is redundant as this is the default behavior`;
    linter.report(rules.RedundantTargetPlatform, placeOf(from), what);
  }
  if (matched.size > 0 || unmatched.size > 0 || namesPlatform(from.name, text)) return;
  const message = `FROM --platform flag should not use constant value "${text}"`;
  linter.report(rules.FromPlatformFlagConstDisallowed, placeOf(from), message);
}

/** A stage whose name has its platform means it. What is no platform fails elsewhere. */
function namesPlatform(stage: string, text: string): boolean {
  try {
    const { os, architecture } = parsePlatform(text);
    return stage.includes(os) || stage.includes(architecture);
  } catch {
    return true;
  }
}

/** Docker's text for platforms of images that are not what was asked for. */
export function platformMismatch(
  name: string,
  expected: Parameters<typeof formatPlatform>[0],
  actual: Parameters<typeof formatPlatform>[0],
): string | undefined {
  if (expected.os === actual.os && expected.architecture === actual.architecture) return undefined;
  return `Base image ${name} was pulled with platform "${formatPlatform(actual)}", expected "${formatPlatform(expected)}" for current build`;
}

/** Without build arguments every FROM should name an image, too. */
export function lintDefaults(linter: Linter, { stages, globals }: Dockerfile, lexer: Lexer): void {
  const host = hostPlatform();
  try {
    const predefined = predefinedArgs({ build: host, target: host }, {}, "");
    const args = withGlobals(predefined, globals, {}, lexer, (error) => {
      throw error;
    });
    for (const { from } of stages) {
      if (!from.base.includes("$") || isReference(lexer.expand(from.base, args).text)) continue;
      const message = `Default value for ARG ${from.base} results in empty or invalid base image name`;
      linter.report(rules.InvalidDefaultArgInFrom, placeOf(from), message);
    }
  } catch (error) {
    // What cannot be expanded without build arguments may well be with them.
    if (!(error instanceof ExpansionError)) throw error;
  }
}

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}
