import type { Arg } from "../instructions/index.ts";
import { own } from "./globals.ts";
import type { Step } from "./step.ts";

/** Each gets its value from the request, else its default, else what ARG before the first FROM gave it, else none. */
export function convertArg(step: Step<Arg>): void {
  const { state, conversion, command } = step;
  const texts = command.definitions.map(({ key, value }) => {
    conversion.consumed.add(key);
    const given = own(conversion.options.buildArgs, key);
    const result = given ?? (value === undefined ? conversion.globals.get(key) : step.expand(value));
    if (result !== undefined) state.environment.set(key, result);
    state.declared.push({ key, value: result });
    return result === undefined ? key : `${key}=${result}`;
  });
  step.record(`ARG ${texts.join(" ")}`);
}
