import type { EventMessage, Filters } from "../api/index.ts";
import { nowNanoseconds } from "../os/clock.ts";
import { eventFilter } from "./filter.ts";
import { Subscription } from "./subscription.ts";

export interface Event {
  type: EventMessage["Type"];
  action: string;
  id: string;
  attributes: Record<string, string>;
}

export interface EventQuery {
  /** Nanoseconds since the epoch. Absent: nothing that happened before. */
  since?: bigint;
  /** The stream ends at this time; when it has passed, after the history. Absent: it goes on. */
  until?: bigint;
  filters: Filters;
}

/** How many events can be asked for afterwards with `since`: as many as Docker keeps. */
const historyLength = 256;

/** What happened in the engine, told to everybody who listens, in one order. */
export class EventBus {
  private readonly history: EventMessage[] = [];
  private readonly subscriptions = new Set<Subscription>();
  private readonly observers: ((event: EventMessage) => void)[] = [];

  publish({ type, action, id, attributes }: Event): void {
    const timeNano = nowNanoseconds();
    const message: EventMessage = {
      ...deprecatedFields(type, action, id, attributes),
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes: attributes },
      scope: "local",
      time: Number(timeNano / 1_000_000_000n),
      timeNano: Number(timeNano),
    };
    this.history.push(message);
    if (this.history.length > historyLength) this.history.shift();
    for (const subscription of this.subscriptions) subscription.offer(message);
    for (const observe of this.observers) observe(message);
  }

  /** Tells a part of the engine of each event as it happens. It must be quick and must not throw. */
  observe(observer: (event: EventMessage) => void): void {
    this.observers.push(observer);
  }

  /**
   * Events from the moment of this call on, after those of the history that `since` or `until` ask for. Ends
   * when `signal` aborts or `until` comes. An unknown filter is an `invalid` error.
   */
  subscribe(query: EventQuery, signal: AbortSignal): AsyncIterable<EventMessage> {
    const accepts = eventFilter(query.filters);
    const subscription = new Subscription(accepts, () => {
      this.subscriptions.delete(subscription);
      signal.removeEventListener("abort", close);
      if (timer) clearTimeout(timer);
    });
    const close = () => subscription.close();
    const timer = query.until === undefined ? undefined : closeAt(query.until, close);
    for (const event of this.past(query)) subscription.offer(event);
    if (timer === null || signal.aborted) close();
    else {
      this.subscriptions.add(subscription);
      signal.addEventListener("abort", close, { once: true });
    }
    return subscription;
  }

  get listeners(): number {
    return this.subscriptions.size;
  }

  private past({ since, until }: EventQuery): EventMessage[] {
    if (since === undefined && until === undefined) return [];
    const from = Number(since ?? 0n);
    const to = until === undefined || until === 0n ? Number.POSITIVE_INFINITY : Number(until);
    return this.history.filter((event) => event.timeNano >= from && event.timeNano <= to);
  }
}

const longestTimer = 2 ** 31 - 1;

/** A timer for that time; null when it has passed. Timers hold 24 days: what is later than that stays open. */
function closeAt(until: bigint, close: () => void): Timer | null | undefined {
  const milliseconds = Number((until - nowNanoseconds()) / 1_000_000n);
  if (milliseconds <= 0) return null;
  return milliseconds > longestTimer ? undefined : setTimeout(close, milliseconds);
}

/** Fields of the API before 1.22 that clients still read. */
function deprecatedFields(
  type: string,
  action: string,
  id: string,
  attributes: Record<string, string>,
): Partial<Pick<EventMessage, "status" | "id" | "from">> {
  if (type === "container") {
    return { status: action, id, ...(attributes.image === undefined ? {} : { from: attributes.image }) };
  }
  return type === "image" ? { status: action, id } : {};
}
