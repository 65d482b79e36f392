import { invalid } from "../errors/index.ts";
import { type Family, familyOf, isLinkLocal, leadsOut, prefixLengthOf } from "./driver/families.ts";
import { AddressPool, canonicalAddress } from "./ipam/index.ts";
import type { AssignedAddress, Attachment, Endpoint, NetworkSettings, SubnetSettings } from "./model.ts";

/** The auxiliary addresses that, as with Docker, containers of a bridge route through instead of the bridge. */
export const DEFAULT_GATEWAYS = { 4: "DefaultGatewayIPv4", 6: "DefaultGatewayIPv6" } as const;

/** What a sandbox has on one network. */
export type Assigned = Pick<Endpoint, "ipv4" | "ipv6">;

interface Block {
  readonly settings: SubnetSettings;
  readonly family: Family;
  readonly pool: AddressPool;
}

/** The addresses of one network, each handed out to one sandbox at a time. */
export class NetworkAddresses {
  readonly #network: NetworkSettings;
  readonly #blocks: readonly Block[];

  constructor(network: NetworkSettings) {
    this.#network = network;
    this.#blocks = network.subnets.map((settings) => ({
      settings,
      family: familyOf(settings.subnet),
      pool: new AddressPool(poolSettings(settings)),
    }));
  }

  /** An address of each family that the network has, those asked for among them: all or none. */
  assign({ ipv4, ipv6 }: Pick<Attachment, "ipv4" | "ipv6">): Assigned {
    const first = this.#allocate(4, ipv4);
    try {
      const second = this.#allocate(6, ipv6);
      return { ...(first && { ipv4: first }), ...(second && { ipv6: second }) };
    } catch (error) {
      this.free({ ...(first && { ipv4: first }) });
      throw error;
    }
  }

  /** Takes note of addresses that a sandbox has already. `conflict` when another has them. */
  hold({ ipv4, ipv6 }: Assigned): void {
    if (ipv4 !== undefined) this.#allocate(4, ipv4.address);
    if (ipv6 !== undefined) this.#allocate(6, ipv6.address);
  }

  /** Gives addresses back; those that are free already stay so. */
  free({ ipv4, ipv6 }: Assigned): void {
    for (const it of [ipv4, ipv6]) {
      if (it !== undefined) this.#blockOf(it.address)?.pool.free(it.address);
    }
  }

  #allocate(family: Family, wanted: string | undefined): AssignedAddress | undefined {
    const ofFamily = this.#blocks.find((it) => it.family === family);
    const block = wanted === undefined ? ofFamily : this.#blockOf(wanted);
    if (block === undefined) {
      if (wanted !== undefined) throw this.#foreign(wanted);
      return undefined;
    }
    const { subnet } = block.settings;
    const gateway = this.#gatewayOf(block);
    return {
      address: block.pool.allocate(wanted),
      prefixLength: prefixLengthOf(subnet),
      ...(gateway !== undefined && { gateway: canonicalAddress(gateway) }),
    };
  }

  #gatewayOf({ family, settings: { gateway, auxiliary } }: Block): string | undefined {
    const { driver } = this.#network;
    const byInterface = driver === "ipvlan" && this.#network.mode !== "l2";
    if (byInterface || !leadsOut(this.#network, family)) return undefined;
    const other = driver === "bridge" ? auxiliary?.[DEFAULT_GATEWAYS[family]] : undefined;
    return other ?? gateway;
  }

  #blockOf(address: string): Block | undefined {
    return this.#blocks.find(({ pool }) => pool.has(address));
  }

  #foreign(address: string) {
    const subnets = this.#blocks.map(({ settings }) => settings.subnet).join(", ") || "none";
    return invalid(
      `the address ${address} is in no subnet of the network ${this.#network.name} (${subnets})`,
    );
  }
}

/** A router's link-local address is in every network and in none of its subnets. */
function poolSettings({ gateway, ...settings }: SubnetSettings): SubnetSettings {
  return gateway === undefined || isLinkLocal(gateway) ? settings : { ...settings, gateway };
}
