import { accessSync, constants } from "node:fs";
import { unavailable } from "../../../errors/index.ts";

/** Where the init is mounted inside a container; Docker's place. */
export const initDestination = "/sbin/docker-init";

/** Static programs that reap and forward signals; each package has one of these. */
const candidates = [
  "/usr/libexec/docker/docker-init",
  "/usr/bin/docker-init",
  "/usr/bin/tini-static",
  "/usr/libexec/podman/catatonit",
  "/usr/bin/catatonit",
];

/** The init binary for `--init`: the configured one, or the first known one on this host. */
export function findInit(configured: string | undefined): string {
  const found = (configured === undefined ? candidates : [configured]).find(isExecutable);
  if (found !== undefined) return found;
  throw unavailable(
    configured === undefined
      ? "no init program found for --init: install the package tini, or name one with --init-path"
      : `the init program ${configured} (--init-path) does not exist or is not executable`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
