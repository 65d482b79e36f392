import { readFileSync } from "node:fs";
import { errnoOf } from "../../errors/index.ts";
import { parseResolvConf } from "../files/resolv-conf.ts";

const LOOK_MILLISECONDS = 1000;

/**
 * The host's name servers as they are now: the file is read again when it was read more than a second ago. It is the
 * host's own view, so a server on its loopback such as systemd-resolved's is asked, which knows which domain belongs to which VPN.
 */
export class HostServers {
  #looked = Number.NEGATIVE_INFINITY;
  #text = "";
  #servers: readonly string[] = [];

  constructor(
    private readonly path: string,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Addresses; the last ones known while the file cannot be read. */
  get(): readonly string[] {
    const now = performance.now();
    if (now - this.#looked < LOOK_MILLISECONDS) return this.#servers;
    this.#looked = now;
    try {
      this.#read(readFileSync(this.path, "utf8"));
    } catch (error) {
      // Between the removal of a file and the appearance of its successor there is none.
      if (errnoOf(error) !== "ENOENT") this.onFailure(error);
    }
    return this.#servers;
  }

  #read(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#servers = parseResolvConf(text).nameservers;
  }
}
