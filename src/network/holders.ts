/** Peers forget an address that they do not use within minutes; as many changes are far more than that. */
const REMEMBERED = 4096;

/** Which hardware address each address of a network had last. */
export class LastHolders {
  /** The oldest first. */
  readonly #macs = new Map<string, string>();

  /** Notes who has an address now. True if another had it before: peers may go on sending to that one. */
  note(address: string, mac: string): boolean {
    const before = this.#macs.get(address);
    this.#macs.delete(address);
    this.#macs.set(address, mac);
    const [oldest] = this.#macs.keys();
    if (this.#macs.size > REMEMBERED && oldest !== undefined) this.#macs.delete(oldest);
    return before !== undefined && before !== mac;
  }
}
