import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDocker } from "../../bench/peers/docker.ts";
import { startSlipway } from "../../bench/peers/slipway.ts";

/** An engine, and the command lines that speak to it. */
export interface Engine {
  /** argv of its own command line. */
  command(...args: string[]): string[];
  /** argv of Docker's. */
  docker(...args: string[]): string[];
}

/** Two engines that have the same `busybox`, and the context of all cases. */
export interface Engines {
  readonly slipway: Engine;
  readonly docker: Engine;
  /** For Dockerfiles. */
  readonly folder: string;
  readonly context: string;
}

/** Runs `use` with both engines, in roots and with bridges of their own. */
export async function withEngines(use: (engines: Engines) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-parity-"));
  await using started = new AsyncDisposableStack();
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  const slipway = started.adopt(await startSlipway({ number: 7 }), (peer) => peer.stop());
  const docker = started.adopt(await startDocker(7), (peer) => peer.stop());
  const cli = (...args: string[]) => ["/usr/bin/docker", "-H", `unix://${slipway.socket}`, ...args];
  const engines = {
    slipway: { command: slipway.command, docker: cli },
    docker: { command: docker.command, docker: docker.command },
    folder,
    context: join(folder, "context"),
  };
  await furnish(engines);
  await use(engines);
}

/** Makes the context and the image that all cases begin with. */
export async function furnish({ slipway, docker, folder, context }: Engines): Promise<void> {
  await succeed(["sh", "-ec", `mkdir ${context}; cd ${context}; ${import.meta.dir}/cases/context.sh`]);
  await succeed(slipway.command("image", "bootstrap", "-q", "busybox"));
  await succeed(slipway.command("save", "-o", `${folder}/base.tar`, "busybox"));
  await succeed(docker.command("load", "-q", "-i", `${folder}/base.tar`));
}

async function succeed(argv: string[]): Promise<void> {
  const { status, errors } = await finished(argv);
  if (status !== 0) throw new Error(`${argv.join(" ")}: ${errors}`);
}

export interface Finished {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a command to its end.
 * @param kit whether Docker's command line builds with BuildKit
 */
export async function finished(argv: string[], kit: "0" | "1" = "1"): Promise<Finished> {
  const env = { ...process.env, DOCKER_BUILDKIT: kit, BUILDKIT_PROGRESS: "plain" };
  const child = Bun.spawn(argv, { env, stdio: ["ignore", "pipe", "pipe"] });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { status: await child.exited, output, errors };
}
