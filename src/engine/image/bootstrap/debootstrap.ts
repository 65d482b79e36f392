import { existsSync } from "node:fs";
import { systemError, unavailable } from "../../../errors/index.ts";
import { lines } from "../../../os/lines.ts";
import type { Report } from "../progress.ts";
import type { Distribution } from "./distributions.ts";
import type { SuiteRecipe } from "./recipe.ts";

export interface DebootstrapOptions {
  /** Of the program. */
  path: string;
  recipe: SuiteRecipe;
  mirror: string;
  keyring: string;
  /** A directory that is there. */
  root: string;
}

const program = "debootstrap";

/** Where the host has debootstrap; `unavailable` when it has none. */
export function findDebootstrap({ title }: Distribution): string {
  const path = Bun.which(program, { PATH: `${process.env.PATH}:/usr/sbin:/sbin` });
  if (path !== null) return path;
  throw unavailable(`making a base image of ${title} needs ${program}: install the package ${program}`);
}

/** Installs a suite's packages into a directory; each line that debootstrap says is reported. */
export async function debootstrap(
  options: DebootstrapOptions,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const child = Bun.spawn([...confined, options.path, ...argumentsOf(options)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
    signal,
    killSignal: "SIGKILL",
  });
  const complaints: string[] = [];
  const relay = async () => {
    for await (const line of lines(child.stdout)) {
      if (line.startsWith("E: ")) complaints.push(line.slice("E: ".length));
      report({ stream: `${line}\n` });
    }
  };
  // The pipe's end means that all of the namespace are gone, who might still write into the directory.
  const [errors, status] = await Promise.all([new Response(child.stderr).text(), child.exited, relay()]);
  signal.throwIfAborted();
  if (status === 0) return;
  const reason = [...complaints, ...errors.trim().split("\n")].filter(Boolean).slice(-3).join("; ");
  throw systemError(
    `${program} of ${options.recipe.suite} from ${options.mirror} failed: ${reason || `exit status ${status}`}`,
  );
}

/**
 * In namespaces of its own: what it mounts and starts is gone when it ends, however it ends; and it ends with the
 * engine. The chain of parents is engine, unshare, debootstrap as the first process of the namespace.
 */
const confined = [
  ...["setpriv", "--pdeathsig", "KILL", "--"],
  ...["unshare", "--mount", "--pid", "--fork", "--kill-child", "--"],
];

function argumentsOf({ recipe, mirror, keyring, root }: DebootstrapOptions): string[] {
  const { suite, variant, include, distribution } = recipe;
  return [
    `--variant=${variant === "slim" ? "minbase" : variant}`,
    `--keyring=${keyring}`,
    // Without it, debootstrap goes on with a warning where it finds no keys.
    "--force-check-gpg",
    ...(include.length > 0 ? [`--include=${include.join(",")}`] : []),
    suite,
    root,
    mirror,
    ...(existsSync(`/usr/share/${program}/scripts/${suite}`) ? [] : [distribution.script]),
  ];
}
