import { messageOf } from "../../../errors/index.ts";
import { Nftables, type NftObject, type OtherNamespace } from "../../../os/firewall/index.ts";
import { shortKey } from "../../names.ts";
import type { Backend } from "../backend.ts";
import type { Policy } from "../policy.ts";
import { type Elements, guardElements, guardedTable } from "./guard-table.ts";
import { inputChains, type MirroredTable, mirrorTable } from "./mirror.ts";
import { elementChanges } from "./script.ts";

export interface NftGuardOptions {
  readonly engineKey: string;
  readonly namespace?: OtherNamespace;
  /** Tables such as `ip filter` whose rules only iptables can read. */
  readonly isForeign: (table: string) => boolean;
  /** Told when the host's rules cannot be copied. What they would decide about is then dropped. */
  readonly refused: (reason: string) => void;
}

/**
 * Lets the host's native input chains of nf_tables decide about new connections from outside to published ports, by
 * a copy of each of their tables that sees packets before their destination is translated.
 */
export class NftGuard implements Backend {
  readonly #options: NftGuardOptions;
  readonly #nft: Nftables;
  readonly #prefix: string;
  #tables: ReadonlyMap<string, MirroredTable> = new Map();
  #elements: Elements = new Map();
  /** The copy, in words, that nft did not take. */
  #closed: string | undefined;

  constructor(options: NftGuardOptions) {
    this.#options = options;
    this.#nft = new Nftables(options.namespace);
    this.#prefix = `slipway-guard-${shortKey(options.engineKey)}-`;
  }

  async assert(policy: Policy): Promise<void> {
    const mirrored = await this.#mirror();
    this.#closed = undefined;
    for (const { refusal } of mirrored) if (refusal !== undefined) this.#options.refused(refusal);
    try {
      await this.#put(policy, mirrored);
    } catch (error) {
      const refusal = messageOf(error);
      this.#options.refused(refusal);
      await this.#put(
        policy,
        mirrored.map((table) => ({ ...table, objects: [], refusal })),
      );
      this.#closed = JSON.stringify(mirrored);
    }
  }

  async change(policy: Policy): Promise<number> {
    const wanted = guardElements(policy);
    const lines = [...this.#tables].flatMap(([name, { family }]) =>
      [...wanted]
        .filter(([set]) => isOf(family, set))
        .map(([set, elements]) =>
          elementChanges(`${family} ${name}`, set, this.#elements.get(set), elements),
        ),
    );
    const script = lines.filter((line) => line.trim() !== "").join("\n");
    if (script !== "") await this.#nft.apply(script);
    this.#elements = wanted;
    return script === "" ? 0 : 1;
  }

  async isInForce(): Promise<boolean> {
    const present = await this.#nft.tables();
    const ours = [...this.#tables].map(([name, { family }]) => `${family} ${name}`);
    const found = present.filter((table) => this.#isOurs(table));
    if (found.length !== ours.length || !ours.every((table) => found.includes(table))) return false;
    const mirrored = JSON.stringify(await this.#mirror());
    return this.#closed === undefined
      ? mirrored === JSON.stringify([...this.#tables.values()])
      : mirrored === this.#closed;
  }

  async counters(): Promise<[]> {
    return [];
  }

  async remove(): Promise<void> {
    const found = (await this.#nft.tables()).filter((table) => this.#isOurs(table));
    this.#tables = new Map();
    if (found.length > 0) await this.#nft.apply(found.map((table) => `delete table ${table}`).join("\n"));
  }

  async #mirror(): Promise<MirroredTable[]> {
    const inputs = Map.groupBy(inputChains(await this.#nft.chains()), ({ table }) => table);
    const { isForeign } = this.#options;
    const tables = [...inputs].filter(([table]) => !/ slipway-/.test(table) && !isForeign(table));
    return Promise.all(
      tables.map(async ([table, chains]) => {
        const family = table.split(" ", 1)[0] as MirroredTable["family"];
        const found = chains.map(({ input }) => input);
        const listed = await this.#nft.json(table);
        try {
          return mirrorTable(family, found, listed);
        } catch (error) {
          return { family, inputs: found, objects: [], refusal: messageOf(error) };
        }
      }),
    );
  }

  async #put(policy: Policy, mirrored: readonly MirroredTable[]): Promise<void> {
    const tables = new Map(mirrored.map((table, index) => [`${this.#prefix}${index}`, table]));
    const elements = guardElements(policy);
    const old = (await this.#nft.tables()).filter((table) => this.#isOurs(table)).map(asObject);
    const commands = [
      ...old.map((table) => ({ delete: { table } })),
      ...[...tables].flatMap(([name, table]) => guardedTable(name, table, elements)),
    ];
    if (commands.length > 0) await this.#nft.applyJson(commands);
    this.#tables = tables;
    this.#elements = elements;
  }

  #isOurs(table: string): boolean {
    return table.split(" ")[1]?.startsWith(this.#prefix) ?? false;
  }
}

const isOf = (family: MirroredTable["family"], set: string) =>
  !(family === "ip" && set.endsWith("6")) && !(family === "ip6" && set.endsWith("4"));

function asObject(table: string): NftObject[string] {
  const [family = "", name = ""] = table.split(" ");
  return { family, name };
}
