import { invalid } from "../../../errors/index.ts";
import type { IpvlanNetwork, MacvlanNetwork } from "../../../network/index.ts";
import { optionNames as names } from "./names.ts";
import { type DriverOptions, numberOption, type Said, said } from "./read.ts";

type Own = "driver" | "networkId" | "name" | "subnets" | "internal";

/** What the options say about a macvlan network; its mode is `bridge` unless said. */
export function macvlanOptions(options: DriverOptions): Said<Omit<MacvlanNetwork, Own>> {
  const modes = ["bridge", "private", "vepa", "passthru"] as const;
  return { ...common(options, "macvlan"), mode: choice(options, names.macvlanMode, "macvlan mode", modes) };
}

/** What the options say about an ipvlan network: mode `l2` and flag `bridge` unless said. */
export function ipvlanOptions(options: DriverOptions): Said<Omit<IpvlanNetwork, Own>> {
  return {
    ...common(options, "ipvlan"),
    mode: choice(options, names.ipvlanMode, "ipvlan mode", ["l2", "l3", "l3s"] as const),
    flag: choice(options, names.ipvlanFlag, "ipvlan flag", ["bridge", "private", "vepa"] as const),
  };
}

function common(options: DriverOptions, driver: string) {
  const parent = options[names.parent] || undefined;
  if (parent === "lo") throw invalid(`loopback interface is not a valid ${driver} parent link`);
  return said({
    parent,
    mtu: numberOption(options, names.mtu, 0) || undefined,
    interfacePrefix: options[names.interfacePrefix] || undefined,
  });
}

/** The first choice is the default. */
function choice<T extends string>(
  options: DriverOptions,
  name: string,
  what: string,
  choices: readonly [T, ...T[]],
): T {
  const [standard] = choices;
  const text = options[name] || standard;
  const chosen = choices.find((candidate) => candidate === text);
  if (chosen !== undefined) return chosen;
  throw invalid(
    `requested ${what} '${text}' is not valid, '${standard}' is the default; use ${choices.join(", ")}`,
  );
}
