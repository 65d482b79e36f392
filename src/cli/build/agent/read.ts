import { type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import { wrong } from "../../local-error.ts";
import { csvFields, cut } from "../../opts/csv.ts";

/** What `--ssh` names: the socket of an agent that runs, or files of private keys. */
export type GivenAgent =
  | { readonly id: string; readonly socket: string }
  | { readonly id: string; readonly keys: readonly string[] };

/** `default`, `ID`, `ID=SOCKET`, `ID=KEY[,KEY…]`; without a source the agent of SSH_AUTH_SOCK. (docs.docker.com, buildx build --ssh) */
export function readAgent(text: string): GivenAgent {
  const [first = "", ...others] = csvFields(text);
  const [name, source] = cut(first, "=");
  const id = name || "default";
  const given = source === undefined ? [] : [source, ...others];
  const [path = process.env.SSH_AUTH_SOCK ?? "", ...more] = given;
  if (path === "") throw wrong("invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
  const paths = [path, ...more].map((one) => ({ path: resolve(one), stats: looked(one) }));
  if (!paths.some(({ stats }) => stats.isSocket())) return { id, keys: paths.map(keyPath) };
  if (more.length > 0) throw wrong(`--ssh ${text}: only a single socket is allowed, and no keys beside it`);
  return { id, socket: resolve(path) };
}

function looked(path: string): Stats {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw wrong(`could not open the ssh agent socket or key ${path}: no such file or directory`);
  return stats;
}

function keyPath({ path, stats }: { path: string; stats: Stats }): string {
  if (!stats.isFile()) throw wrong(`${path} is neither the socket of an ssh agent nor the file of a key`);
  return path;
}
