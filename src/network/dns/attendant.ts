import { messageOf } from "../../errors/index.ts";
import type { ResolverSettings } from "../model.ts";
import type { Directory } from "./directory.ts";
import type { Server as Upstream } from "./exchange.ts";
import { Forwarder } from "./forwarder.ts";
import type { HostServers } from "./host-servers.ts";
import { localAnswer } from "./local-answer.ts";
import type { Transport } from "./message.ts";
import { type Query, readQuery } from "./query.ts";
import { failure } from "./response.ts";
import { NAME_SERVER, Server } from "./server.ts";
import { TimeBudget } from "./time-budget.ts";

/** What all sandboxes have in common. */
export interface Surroundings {
  readonly directory: Directory;
  readonly host: HostServers;
  /** Of the engine's time, for the questions of all of them. */
  readonly time: TimeBudget;
  /** How long one server outside may take to answer, in milliseconds. */
  readonly patience: number;
  readonly log: (level: "error" | "warn", message: string) => void;
}

/**
 * What one sandbox, and all of them, may take of the engine's only thread in each 100 ms: more than anybody takes who
 * waits for answers. A container that floods its name server must not keep the engine from its other work.
 */
const WINDOW_MILLISECONDS = 100;
const SANDBOX_SHARE = 60;
const WHOLE_SHARE = 80;
export const wholeTime = (): TimeBudget => new TimeBudget(WHOLE_SHARE, WINDOW_MILLISECONDS);

/** Questions of one sandbox that wait for their turn, and how long each may be. */
const WAITING = 1024;
const QUESTION_BYTES = 4096;
/** What is said of one sandbox at most so often. */
const COMPLAINT_MILLISECONDS = 60_000;

/** Answers the questions of one sandbox. */
export class Attendant {
  readonly server: Server;
  readonly #forwarder: Forwarder;
  readonly #time = new TimeBudget(SANDBOX_SHARE, WINDOW_MILLISECONDS);
  #waiting = 0;
  #complained = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly sandbox: { readonly id: string; readonly fd: number },
    public settings: ResolverSettings,
    private readonly surroundings: Surroundings,
  ) {
    this.#forwarder = new Forwarder(surroundings.patience);
    this.server = new Server(sandbox.fd, (question, transport) =>
      this.#respond(question, transport).catch((error: unknown) => {
        surroundings.log("error", `cannot answer a question for a name: ${messageOf(error)}`);
        return failure(question, "failed");
      }),
    );
  }

  close(): void {
    this.#forwarder.close();
    this.server.close();
  }

  async #respond(question: Buffer, transport: Transport): Promise<Buffer | undefined> {
    if (question.length > QUESTION_BYTES) return failure(question, "malformed");
    if (!(await this.#turn())) return undefined;
    const began = performance.now();
    try {
      const query = readQuery(question);
      if (query === undefined) return undefined;
      if (typeof query === "string") return failure(question, query);
      const local = localAnswer(query, transport, this.surroundings.directory, this.settings);
      return local ?? this.#forward(query, transport);
    } finally {
      const spent = performance.now() - began;
      for (const budget of [this.#time, this.surroundings.time]) budget.spend(spent);
    }
  }

  /** Waits until there is time for one more question; false if too many wait already. */
  async #turn(): Promise<boolean> {
    const budgets = [this.#time, this.surroundings.time];
    for (let spent = budgets.find((it) => it.isSpent); spent; spent = budgets.find((it) => it.isSpent)) {
      if (this.#waiting >= WAITING) {
        this.#complain("some questions are left without an answer");
        return false;
      }
      this.#waiting++;
      await spent.renewed();
      this.#waiting--;
    }
    return true;
  }

  #forward(query: Query, transport: Transport): Promise<Buffer> {
    const onCrowd = () => this.#complain("some are refused");
    return this.#forwarder.ask(this.#servers(), query, transport, onCrowd);
  }

  /** A server at our own address, asked from inside, would be ourselves. */
  #servers(): Upstream[] {
    const { servers = [], forward } = this.settings;
    if (servers.length > 0) {
      const { namespace } = this.server;
      return servers.filter((address) => address !== NAME_SERVER).map((address) => ({ address, namespace }));
    }
    return forward ? this.surroundings.host.get().map((address) => ({ address })) : [];
  }

  #complain(consequence: string): void {
    const now = performance.now();
    if (now - this.#complained < COMPLAINT_MILLISECONDS) return;
    this.#complained = now;
    const what = `too many names asked for at once in the sandbox ${this.sandbox.id}`;
    this.surroundings.log("warn", `${what}: ${consequence}`);
  }
}
