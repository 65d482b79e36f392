import { messageOf } from "../../errors/index.ts";
import type { NamedEndpoint, NameService, ResolverSettings, Sandbox } from "../model.ts";
import { Attendant, type Surroundings, wholeTime } from "./attendant.ts";
import { Directory } from "./directory.ts";
import { HostServers } from "./host-servers.ts";

export interface NamesOptions {
  readonly log: (level: "error" | "warn", message: string) => void;
  /** The host's resolv.conf. */
  readonly resolvConf?: string;
  /** How long one server outside may take to answer, in milliseconds; Docker's 4 s unless given. */
  readonly patience?: number;
}

/** The names of an engine's networks, and the servers that answer for them in sandboxes. */
export class Names implements NameService {
  readonly #surroundings: Surroundings;
  readonly #attendants = new Map<string, Attendant>();

  constructor({ log, resolvConf = "/etc/resolv.conf", patience = 4000 }: NamesOptions) {
    const host = new HostServers(resolvConf, (error) => {
      log("error", `cannot read the host's name servers, so the last ones stay: ${messageOf(error)}`);
    });
    this.#surroundings = { directory: new Directory(), host, time: wholeTime(), patience, log };
  }

  register({ networkId }: { readonly networkId: string }, endpoint: NamedEndpoint): void {
    this.#surroundings.directory.put(networkId, endpoint);
  }

  unregister(networkId: string, endpointId: string): void {
    this.#surroundings.directory.remove(networkId, endpointId);
  }

  async serve(sandbox: Pick<Sandbox, "id" | "fd">, settings: ResolverSettings): Promise<void> {
    const { id, fd } = sandbox;
    if (this.#attendants.has(id)) return this.update(id, settings);
    const attendant = new Attendant({ id, fd }, settings, this.#surroundings);
    this.#attendants.set(id, attendant);
    try {
      await attendant.server.open();
    } catch (error) {
      if (this.#attendants.get(id) === attendant) this.#attendants.delete(id);
      attendant.close();
      throw error;
    }
  }

  update(sandboxId: string, settings: ResolverSettings): void {
    const attendant = this.#attendants.get(sandboxId);
    if (attendant !== undefined) attendant.settings = settings;
  }

  stop(sandboxId: string): void {
    this.#attendants.get(sandboxId)?.close();
    this.#attendants.delete(sandboxId);
  }

  close(): void {
    for (const id of [...this.#attendants.keys()]) this.stop(id);
    this.#surroundings.directory.clear();
  }
}
