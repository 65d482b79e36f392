import { quote } from "../quote.ts";
import { Misuse } from "./misuse.ts";

const nanoseconds: Readonly<Record<string, number>> = {
  h: 3.6e12,
  m: 6e10,
  s: 1e9,
  ms: 1e6,
  us: 1e3,
  µs: 1e3,
  ns: 1,
};

/** A duration as Go writes it (`1m30s`, `1.5h`) in nanoseconds; 0 for none. At least a millisecond. */
export function readDuration(text: string, flag: string): number {
  if (text === "" || text === "0") return 0;
  if (!/^[+-]?((\d+(\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns))+$/.test(text))
    throw new Misuse(`time: invalid duration ${quote(text)}`);
  const parts = text.matchAll(/([\d.]+)(ms|us|µs|ns|h|m|s)/g);
  const sum = [...parts].reduce((total, [, count, unit]) => total + Number(count) * nanoseconds[unit!]!, 0);
  if (sum !== 0 && (text.startsWith("-") || sum < 1e6))
    throw new Misuse(`Interval ${quote(flag)} cannot be less than 1ms`);
  return sum;
}
