import { conflict, notFound } from "../../errors/index.ts";
import { isRunning } from "../container/status.ts";
import type { Exec } from "./exec.ts";

/** How long an exec can be inspected after it has ended. */
const retention = 10 * 60 * 1000;

/** The execs of all containers, ended ones included for a while: clients ask for exit codes afterwards. */
export class ExecStore {
  private readonly execs = new Map<string, Exec>();

  add(exec: Exec): void {
    this.sweep();
    this.execs.set(exec.id, exec);
  }

  find(id: string): Exec {
    const exec = this.execs.get(id);
    if (exec === undefined || exec.container.deleted) throw notFound(`No such exec instance: ${id}`);
    return exec;
  }

  /** One that can be acted on: its container must be running. */
  active(id: string): Exec {
    const exec = this.find(id);
    const { record } = exec.container;
    if (!isRunning(record)) throw conflict(`container ${record.id} is not running`);
    if (record.state.status === "paused") {
      throw conflict(`Container ${record.id} is paused, unpause the container before exec`);
    }
    if (record.state.status === "restarting") {
      throw conflict(`Container ${record.id} is restarting, wait until the container is running`);
    }
    return exec;
  }

  private sweep(): void {
    const limit = Date.now() - retention;
    for (const [id, { container, endedAt }] of this.execs) {
      if (container.deleted || (endedAt !== undefined && endedAt < limit)) this.execs.delete(id);
    }
  }
}
