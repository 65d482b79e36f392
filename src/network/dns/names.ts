import { messageOf } from "../../errors/index.ts";
import type { NamedEndpoint, NameService, ResolverSettings, Sandbox } from "../model.ts";
import { Directory } from "./directory.ts";
import type { Server as Upstream } from "./exchange.ts";
import { Forwarder } from "./forwarder.ts";
import { HostServers } from "./host-servers.ts";
import { localAnswer } from "./local-answer.ts";
import { failure, type Query, readQuery, type Transport } from "./message.ts";
import { NAME_SERVER, Server } from "./server.ts";

export interface NamesOptions {
  readonly log: (level: "error" | "warn", message: string) => void;
  /** The host's resolv.conf. */
  readonly resolvConf?: string;
  /** How long one server outside may take to answer, in milliseconds; Docker's 4 s unless given. */
  readonly patience?: number;
}

/** What is said of one sandbox at most so often. */
const COMPLAINT_MILLISECONDS = 60_000;

interface Served {
  settings: ResolverSettings;
  readonly server: Server;
  readonly forwarder: Forwarder;
  complained: number;
}

/** The names of an engine's networks, and the servers that answer for them in sandboxes. */
export class Names implements NameService {
  readonly #directory = new Directory();
  readonly #served = new Map<string, Served>();
  readonly #log: NamesOptions["log"];
  readonly #patience: number;
  readonly #host: HostServers;

  constructor({ log, resolvConf = "/etc/resolv.conf", patience = 4000 }: NamesOptions) {
    this.#log = log;
    this.#patience = patience;
    this.#host = new HostServers(resolvConf, (error) => {
      log("error", `cannot read the host's name servers, so the last ones stay: ${messageOf(error)}`);
    });
  }

  register({ networkId }: { readonly networkId: string }, endpoint: NamedEndpoint): void {
    this.#directory.put(networkId, endpoint);
  }

  unregister(networkId: string, endpointId: string): void {
    this.#directory.remove(networkId, endpointId);
  }

  async serve({ id, fd }: Pick<Sandbox, "id" | "fd">, settings: ResolverSettings): Promise<void> {
    if (this.#served.has(id)) return this.update(id, settings);
    const served: Served = {
      settings,
      server: new Server(fd, (question, transport) =>
        this.#respond(id, served, question, transport).catch((error: unknown) => {
          this.#log("error", `cannot answer a question for a name: ${messageOf(error)}`);
          return failure(question, "failed");
        }),
      ),
      forwarder: new Forwarder(this.#patience),
      complained: Number.NEGATIVE_INFINITY,
    };
    this.#served.set(id, served);
    try {
      await served.server.open();
    } catch (error) {
      this.#end(id, served);
      throw error;
    }
  }

  update(sandboxId: string, settings: ResolverSettings): void {
    const served = this.#served.get(sandboxId);
    if (served !== undefined) served.settings = settings;
  }

  stop(sandboxId: string): void {
    const served = this.#served.get(sandboxId);
    if (served !== undefined) this.#end(sandboxId, served);
  }

  close(): void {
    for (const id of [...this.#served.keys()]) this.stop(id);
    this.#directory.clear();
  }

  #end(id: string, served: Served): void {
    if (this.#served.get(id) === served) this.#served.delete(id);
    served.forwarder.close();
    served.server.close();
  }

  async #respond(
    id: string,
    served: Served,
    question: Buffer,
    transport: Transport,
  ): Promise<Buffer | undefined> {
    const query = readQuery(question);
    if (query === undefined) return undefined;
    if (typeof query === "string") return failure(question, query);
    const local = localAnswer(query, transport, this.#directory, served.settings);
    return local ?? this.#forward(id, served, query, transport);
  }

  #forward(id: string, served: Served, query: Query, transport: Transport): Promise<Buffer> {
    return served.forwarder.ask(this.#serversOf(served), query, transport, () => {
      const now = performance.now();
      if (now - served.complained < COMPLAINT_MILLISECONDS) return;
      served.complained = now;
      this.#log("warn", `too many names asked for at once in the sandbox ${id}: some are refused`);
    });
  }

  /** A server at our own address, asked from inside, would be ourselves. */
  #serversOf({ settings, server: { namespace } }: Served): Upstream[] {
    if (settings.servers?.length) {
      const others = settings.servers.filter((address) => address !== NAME_SERVER);
      return others.map((address) => ({ address, namespace }));
    }
    return settings.forward ? this.#host.get().map((address) => ({ address })) : [];
  }
}
