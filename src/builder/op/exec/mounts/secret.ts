import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, notFound } from "../../../../errors/index.ts";
import { mount } from "../../../../os/mount.ts";
import type { MountContext, MountOf, PreparedMount } from "./model.ts";

const nothing: PreparedMount = { isFile: true, env: [] };

/** `--mount=type=secret`: a file that is only in memory, a variable, or both. */
export async function prepareSecret(
  { job, workplace }: MountContext,
  { id, target, env, required, mode, uid, gid }: MountOf<"secret">,
  number: number,
): Promise<PreparedMount> {
  const content = await job.session.secret(id);
  if (content === undefined) {
    if (required) throw notFound(`secret ${id}: not found`);
    return nothing;
  }
  const variables = env === undefined ? [] : [`${env}=${Buffer.from(content).toString()}`];
  if (target === undefined) return { ...nothing, env: variables };
  const path = join(memory(workplace.directory), String(number));
  writeFileSync(path, content, { mode: 0o600 });
  chownSync(path, uid, gid);
  chmodSync(path, mode);
  const options = ["bind", "rprivate", "ro", "nosuid", "nodev", "noexec"];
  return {
    mount: { destination: target, type: "bind", source: path, options },
    isFile: true,
    env: variables,
  };
}

/** A file system in memory, one a step. */
function memory(directory: string): string {
  const place = join(directory, "secrets");
  if (existsSync(place)) return place;
  mkdirSync(place, { mode: 0o700 });
  const tmpfs = (...more: string[]) => {
    const options = ["nosuid", "nodev", "noexec", "mode=0700", ...more];
    mount({ type: "tmpfs", source: "tmpfs", options }, place);
  };
  try {
    tmpfs("noswap");
  } catch (error) {
    // Known since Linux 6.4.
    if (errnoOf(error) !== "EINVAL") throw error;
    tmpfs();
  }
  return place;
}
