import type * as api from "../../api/index.ts";
import { messageOf } from "../../errors/index.ts";
import { nowNanoseconds, parseRfc3339, rfc3339Nano } from "../../os/clock.ts";
import type { EngineContext } from "../context.ts";
import { probe } from "../exec/probe.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";

const defaults = { interval: 30_000, timeout: 30_000, startPeriod: 0, startInterval: 5_000, retries: 3 };
const logLength = 5;

/** What a container's health check asks for, in milliseconds; undefined without one. */
interface HealthPlan {
  command: string[];
  interval: number;
  timeout: number;
  startPeriod: number;
  startInterval: number;
  retries: number;
}

export function healthPlan({ Healthcheck, Shell }: api.ContainerConfig): HealthPlan | undefined {
  const [kind, ...words] = Healthcheck?.Test ?? [];
  const shell = Shell?.length ? Shell : ["/bin/sh", "-c"];
  const command = kind === "CMD" ? words : kind === "CMD-SHELL" ? [...shell, ...words] : [];
  if (command.length === 0) return undefined;
  const milliseconds = (nanoseconds: number | undefined, otherwise: number) =>
    nanoseconds ? nanoseconds / 1e6 : otherwise;
  return {
    command,
    interval: milliseconds(Healthcheck?.Interval, defaults.interval),
    timeout: milliseconds(Healthcheck?.Timeout, defaults.timeout),
    startPeriod: milliseconds(Healthcheck?.StartPeriod, defaults.startPeriod),
    startInterval: milliseconds(Healthcheck?.StartInterval, defaults.startInterval),
    retries: Healthcheck?.Retries || defaults.retries,
  };
}

/** Begins to probe a container that has just been started, or whose run was taken over. */
export function startHealthChecks(engine: EngineContext, container: Container): void {
  const plan = healthPlan(container.record.config);
  if (plan === undefined) return;
  container.health = { Status: "starting", FailingStreak: 0, Log: [] };
  container.monitor = new HealthMonitor(engine, container, plan);
  container.monitor.start();
}

/** Runs a container's probe again and again while the container runs and is not frozen. */
export class HealthMonitor {
  private timer: Timer | undefined;
  private running: AbortController | undefined;

  constructor(
    private readonly engine: EngineContext,
    private readonly container: Container,
    private readonly plan: HealthPlan,
  ) {}

  start(): void {
    this.stop();
    this.running = new AbortController();
    this.schedule(this.running.signal);
  }

  /** A probe that is under way is killed, and its result ignored. */
  stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = undefined;
  }

  private schedule(signal: AbortSignal): void {
    const { plan, container } = this;
    const young = this.age() < plan.startPeriod && container.health?.Status === "starting";
    const check = () => this.engine.background.supervise(container.id, () => this.check(signal));
    this.timer = setTimeout(check, young ? plan.startInterval : plan.interval);
  }

  private age(): number {
    return Number((nowNanoseconds() - parseRfc3339(this.container.record.state.startedAt)) / 1_000_000n);
  }

  private async check(signal: AbortSignal): Promise<void> {
    const begun = nowNanoseconds();
    const inStartPeriod = this.age() < this.plan.startPeriod;
    const { command, timeout } = this.plan;
    const outcome = await probe(this.engine, this.container, command, timeout, signal).catch(
      (error: unknown) => ({ exitCode: -1, output: messageOf(error) }),
    );
    if (signal.aborted) return;
    this.note(
      {
        Start: rfc3339Nano(begun),
        End: rfc3339Nano(nowNanoseconds()),
        ExitCode: outcome.exitCode,
        Output: outcome.output,
      },
      inStartPeriod,
    );
    this.schedule(signal);
  }

  private note(result: api.HealthcheckResult, inStartPeriod: boolean): void {
    const { container, engine, plan } = this;
    const before = container.health ?? { Status: "starting", FailingStreak: 0, Log: [] };
    container.health = judge(before, result, plan.retries, inStartPeriod);
    if (container.health.Status !== before.Status) {
      emit(engine, container, `health_status: ${container.health.Status}`);
    }
  }
}

/** The health after a further result. Failures do not count while a container that never was healthy may still start. */
export function judge(
  before: api.Health,
  result: api.HealthcheckResult,
  retries: number,
  inStartPeriod: boolean,
): api.Health {
  const Log = [...before.Log, result].slice(-logLength);
  if (result.ExitCode === 0) return { Status: "healthy", FailingStreak: 0, Log };
  if (before.Status === "starting" && inStartPeriod) return { ...before, Log };
  const FailingStreak = before.FailingStreak + 1;
  return { Status: FailingStreak >= retries ? "unhealthy" : before.Status, FailingStreak, Log };
}
