import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { CommandOptions } from "./engine.ts";
import { Folder } from "./folder.ts";
import { type Line, uniqueName } from "./suite.ts";

/** A build context with these files; those whose content begins with `#!` can be executed. */
export function contextWith(files: Readonly<Record<string, string>>): Folder {
  const folder = new Folder();
  for (const [name, content] of Object.entries(files)) {
    const path = folder.join(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    if (content.startsWith("#!")) chmodSync(path, 0o755);
  }
  return folder;
}

/** The docker command line's own builder is asked for where it would want Buildx. */
export const classic = { DOCKER_BUILDKIT: "0" };

/** Builds an image of a context and answers its name. */
export async function built(
  { ok }: Pick<Line, "ok">,
  folder: Folder,
  args: readonly string[] = [],
  options: CommandOptions = {},
): Promise<string> {
  const name = uniqueName("built");
  await ok(["build", "-t", name, ...args, folder.path], { ...options, env: { ...classic, ...options.env } });
  return name;
}

/** What a shell of an image answers. */
export async function shell({ ok }: Pick<Line, "ok">, image: string, script: string): Promise<string> {
  return await ok(["run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", script]);
}
