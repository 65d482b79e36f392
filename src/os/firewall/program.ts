import { systemError, unavailable } from "../../errors/index.ts";
import { inNamespace } from "../netns.ts";

/** A network namespace that is not the engine's own, by a descriptor and by the path that others open it by. */
export interface OtherNamespace {
  readonly fd: number;
  readonly path: string;
}

/** Is the program installed? */
export const isInstalled = (program: string): boolean => Bun.which(program) !== null;

/** Runs one of the packet filter's programs to its end. `unavailable` when it is not installed. */
export async function runProgram(
  command: readonly string[],
  input: string,
  namespace?: OtherNamespace,
): Promise<string> {
  const [program = ""] = command;
  if (!isInstalled(program)) {
    const remedy = `install the package "${program === "nft" ? "nftables" : "iptables"}"`;
    throw unavailable(`${program} is not installed; ${remedy}, or start the engine with --iptables=false`);
  }
  const prefix = namespace === undefined ? [] : ["nsenter", `--net=${namespace.path}`];
  const child = Bun.spawn([...prefix, ...command], {
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, complaint, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0)
    throw systemError(`${command.join(" ")} failed with status ${status}: ${complaint.trim()}`);
  return output;
}

/** Does `work`, which must not wait, in that namespace, or here. */
export function within<T>(namespace: OtherNamespace | undefined, work: () => T): T {
  return namespace === undefined ? work() : inNamespace(namespace.fd, work);
}
