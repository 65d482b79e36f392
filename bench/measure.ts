const running = new Set<Bun.Subprocess>();

/** Kills what runs at this moment: whoever waits for it fails. */
export function stopMeasuring(): void {
  for (const child of running) child.kill("SIGKILL");
}

function watched<Child extends Bun.Subprocess>(child: Child): Child {
  running.add(child);
  void child.exited.then(() => running.delete(child));
  return child;
}

/** Wall time of one command in milliseconds; it must succeed. */
export async function timed(argv: string[]): Promise<number> {
  const begin = Bun.nanoseconds();
  const child = watched(Bun.spawn(argv, { stdio: ["ignore", "ignore", "pipe"] }));
  const [code, errors] = await Promise.all([child.exited, child.stderr.text()]);
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit status ${code}: ${errors.trim()}`);
  return (Bun.nanoseconds() - begin) / 1e6;
}

/** Runs a command to its end and answers its standard output; it must succeed. */
export async function output(argv: string[], stdin?: string): Promise<string> {
  const child = watched(
    Bun.spawn(argv, {
      stdin: stdin === undefined ? "ignore" : Buffer.from(stdin),
      stdout: "pipe",
      stderr: "pipe",
    }),
  );
  const [code, text, errors] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit status ${code}: ${errors.trim()}`);
  return text.trim();
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/**
 * Medians of several alternatives, measured in turns so that the machine's moods meet all of them; one
 * unmeasured round warms caches.
 */
export async function compare<Name extends string>(
  rounds: number,
  alternatives: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(alternatives) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const value = await alternatives[name]();
      if (round >= 0) samples[name].push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples[name])])) as Record<Name, number>;
}
