import { describe } from "../report.ts";
import { print, printError } from "../streams/print.ts";
import { compileTemplate, type Value } from "../template/index.ts";
import { toJson } from "../template/show.ts";

/**
 * Prints objects as an indented JSON list, or each by a template. What was found is printed even when some
 * names fail; the status is then 1.
 */
export async function inspectAll(
  names: readonly string[],
  format: string,
  get: (name: string) => Promise<unknown>,
): Promise<number> {
  const template = format === "" || format === "json" ? undefined : compileTemplate(format);
  const outcomes = await Promise.allSettled(names.map(get));
  const found = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failures = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (format === "") print(`${JSON.stringify(found, undefined, 4)}\n`);
  for (const one of format === "" ? [] : found) {
    print(`${template === undefined ? toJson(one as Value) : template.execute(withAbsent(one) as Value)}\n`);
  }
  for (const failure of failures) printError(`${describe(failure)}\n`);
  return failures.length > 0 ? 1 : 0;
}

/** Parts of a container that Docker's API structs have and their JSON leaves out: to a template they are nil, not unknown. */
function withAbsent(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("State" in value) || !("Config" in value))
    return value;
  return {
    SizeRw: null,
    SizeRootFs: null,
    ...value,
    State: { Health: null, ...(value.State as object) },
    Config: { Healthcheck: null, OnBuild: null, StopTimeout: null, ...(value.Config as object) },
  };
}
