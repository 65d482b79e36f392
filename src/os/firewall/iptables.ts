import { systemError, unavailable } from "../../errors/index.ts";

/** Seconds that iptables may wait for its lock while another program changes rules. */
const LOCK_SECONDS = "10";

async function run(command: string[], input: string): Promise<string> {
  if (Bun.which(command[0]!) === null) {
    throw unavailable(
      `${command[0]} is not installed; install the package "iptables", or start the engine with --iptables=false`,
    );
  }
  const child = Bun.spawn(command, { stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe" });
  const [output, complaint, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0)
    throw systemError(`${command.join(" ")} failed with status ${status}: ${complaint.trim()}`);
  return output;
}

/**
 * Applies changes written in iptables-restore's language and leaves all other rules alone. Within a table
 * either all of it happens or nothing; a chain that is declared (`:NAME - [0:0]`) is emptied if it exists.
 */
export async function restoreRules(script: string): Promise<void> {
  await run(["iptables-restore", "--wait", LOCK_SECONDS, "--noflush"], script);
}

/** The rules of all tables in the same language. */
export async function saveRules(): Promise<string> {
  return run(["iptables-save"], "");
}

/** Do iptables' rules live in nf_tables, or in the legacy tables that keep no generation? */
export async function usesNfTables(): Promise<boolean> {
  return (await run(["iptables-restore", "--version"], "")).includes("nf_tables");
}
