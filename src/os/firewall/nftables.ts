import { isInstalled, type OtherNamespace, runProgram } from "./program.ts";

/** The program nft: rules of nf_tables in its own language. */
export class Nftables {
  constructor(private readonly namespace?: OtherNamespace) {}

  /** Applies a script as one transaction: all of it happens or nothing. */
  async apply(script: string): Promise<void> {
    await runProgram(["nft", "-f", "-"], script, this.namespace);
  }

  /** The same from nft's JSON. */
  async applyJson(commands: readonly object[]): Promise<void> {
    await runProgram(["nft", "-j", "-f", "-"], JSON.stringify({ nftables: commands }), this.namespace);
  }

  /** The names of all tables, as `inet filter`. */
  async tables(): Promise<string[]> {
    const text = await runProgram(["nft", "list", "tables"], "", this.namespace);
    return [...text.matchAll(/^table (\S+ \S+)$/gm)].map(([, name]) => name ?? "");
  }

  /** Does this version know counters of each element of a map? */
  async countsElements(): Promise<boolean> {
    const [major = 0, minor = 0, patch = 0] =
      /v(\d+)\.(\d+)\.(\d+)/
        .exec(await runProgram(["nft", "--version"], ""))
        ?.slice(1)
        .map(Number) ?? [];
    return major > 1 || (major === 1 && (minor > 0 || patch >= 6));
  }

  /** A table in nft's language. */
  list(table: string): Promise<string> {
    return runProgram(["nft", "list", "table", ...table.split(" ")], "", this.namespace);
  }

  /** The objects of a table in nft's JSON, each with its kind as the only key. */
  json(table: string): Promise<NftObject[]> {
    return this.#json("table", ...table.split(" "));
  }

  /** The chains of all tables, in the same form. */
  chains(): Promise<NftObject[]> {
    return this.#json("chains");
  }

  async #json(...what: string[]): Promise<NftObject[]> {
    const text = await runProgram(["nft", "-j", "list", ...what], "", this.namespace);
    return (JSON.parse(text) as { nftables: NftObject[] }).nftables;
  }
}

/** An object as nft lists it: `{ chain: { family: "inet", table: "filter", name: "input", … } }`. */
export type NftObject = Readonly<Record<string, NftProperties>>;

export type NftProperties = Readonly<Record<string, unknown>> & {
  readonly family?: string;
  readonly table?: string;
  readonly name?: string;
  readonly chain?: string;
  readonly type?: unknown;
  readonly elem?: readonly unknown[];
};

export const hasNftables = (): boolean => isInstalled("nft");
