import { invalid, systemError, unavailable } from "../errors/index.ts";

/** A table as ps(1) prints it. */
export interface ProcessTable {
  titles: string[];
  processes: string[][];
}

/**
 * The rows of `ps <options>` whose PID is one of `pids`. The host's ps runs, since its options are the
 * interface. `invalid` when the options hide the PID column or ps refuses them.
 */
export async function listProcesses(
  pids: readonly number[],
  options: string,
  signal?: AbortSignal,
): Promise<ProcessTable> {
  refuseRenamedPid(options);
  const words = options.split(/[ \t\n\v\f\r]+/).filter(Boolean);
  const chosen = await ps([...words, "-q", pids.join(",")], signal);
  // Not every selection goes together with -q, nor does every ps know it.
  const result = chosen.code === 0 ? chosen : await ps(words, signal);
  if (result.code !== 0) throw invalid(`ps: ${result.errors.trim() || `exit status ${result.code}`}`);
  return selectRows(result.output, new Set(pids));
}

/** `-o user=PID` would pass another column off as the one we select by. */
function refuseRenamedPid(options: string): void {
  for (const [, column, title] of options.matchAll(/\s+([^\s]*)=\s*(PID[^\s]*)/g)) {
    if (column !== "pid") throw invalid(`specifying "${column}=${title}" is not allowed`);
  }
}

async function ps(args: string[], signal?: AbortSignal) {
  const binary = Bun.which("ps");
  if (binary === null) throw unavailable("ps is not installed on the host: install the package procps");
  const child = Bun.spawn([binary, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    ...(signal && { signal }),
  });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  signal?.throwIfAborted();
  return { output, errors, code };
}

function selectRows(output: string, pids: ReadonlySet<number>): ProcessTable {
  const [header = "", ...lines] = output.split("\n");
  const titles = header.split(/[ \t]+/).filter(Boolean);
  const column = titles.indexOf("PID");
  if (column < 0) throw invalid("Couldn't find PID field in ps output: add the column pid to the options");
  const processes: string[][] = [];
  for (const line of lines) {
    const fields = line.split(/[ \t]+/).filter(Boolean);
    if (fields.length === 0) continue;
    const pid = Number(fields[column]);
    if (!Number.isInteger(pid)) throw systemError(`unexpected pid '${fields[column]}' in the output of ps`);
    if (!pids.has(pid)) continue;
    const last = titles.length - 1;
    processes.push([...fields.slice(0, last), fields.slice(last).join(" ")]);
  }
  return { titles, processes };
}
