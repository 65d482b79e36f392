import { readdirSync, readFileSync } from "node:fs";

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Processes come and go while we look.
    return "";
  }
}

/** An engine that has just worked holds memory that it gives back when it is left alone: all are given this time. */
export const atRest = () => Bun.sleep(8000);

/** Proportional set size of all processes whose command line names `root`, in MB: the engine's own, not the containers'. */
export function pss(root: string): number {
  let kilobytes = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid || !read(`/proc/${pid}/cmdline`).includes(root)) continue;
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

/** Watches `pss` from now on; the function that it answers ends that and answers the highest value. */
export function peak(root: string): () => number {
  let highest = pss(root);
  const timer = setInterval(() => {
    highest = Math.max(highest, pss(root));
  }, 200);
  return () => {
    clearInterval(timer);
    return Math.max(highest, pss(root));
  };
}
