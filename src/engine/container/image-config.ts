import type { ContainerConfig, HealthcheckConfig } from "../../api/index.ts";

const list = (value: string[] | string | null | undefined): string[] =>
  typeof value === "string" ? [value] : (value ?? []);

/**
 * The request completed by its image, as Docker does it: maps are united and the request wins, single
 * values are taken where the request has none, and a request's entrypoint drops the image's command.
 */
export function mergeImageConfig(asked: ContainerConfig, image: ContainerConfig): ContainerConfig {
  const merged: ContainerConfig = {
    ...asked,
    User: asked.User || image.User || "",
    WorkingDir: asked.WorkingDir || image.WorkingDir || "",
    Env: mergeEnv(asked.Env ?? [], image.Env ?? []),
    Labels: { ...image.Labels, ...asked.Labels },
    ...commandLine(asked, image),
  };
  const ports = { ...image.ExposedPorts, ...asked.ExposedPorts };
  if (Object.keys(ports).length > 0) merged.ExposedPorts = ports;
  const volumes = { ...asked.Volumes, ...image.Volumes };
  merged.Volumes = Object.keys(volumes).length > 0 ? volumes : null;
  const stopSignal = asked.StopSignal || image.StopSignal;
  if (stopSignal) merged.StopSignal = stopSignal;
  const shell = asked.Shell ?? image.Shell;
  if (shell) merged.Shell = shell;
  const healthcheck = mergeHealthcheck(asked.Healthcheck, image.Healthcheck);
  if (healthcheck) merged.Healthcheck = healthcheck;
  return merged;
}

function mergeEnv(asked: string[], image: string[]): string[] {
  const name = (entry: string) => entry.split("=", 1)[0];
  const names = new Set(asked.map(name));
  return [...asked, ...image.filter((entry) => !names.has(name(entry)))];
}

function commandLine(
  asked: ContainerConfig,
  image: ContainerConfig,
): { Cmd: string[] | null; Entrypoint: string[] | null } {
  const entrypoint = list(asked.Entrypoint);
  const command = list(asked.Cmd);
  if (entrypoint.length > 0) {
    // `--entrypoint ""` arrives as [""]: it takes the image's entrypoint away.
    const cleared = entrypoint.length === 1 && entrypoint[0] === "";
    return { Cmd: orNull(command), Entrypoint: cleared ? null : entrypoint };
  }
  const inherited = asked.Entrypoint === undefined || asked.Entrypoint === null;
  return {
    Cmd: orNull(command.length > 0 ? command : list(image.Cmd)),
    Entrypoint: inherited ? orNull(list(image.Entrypoint)) : null,
  };
}

const orNull = (values: string[]) => (values.length > 0 ? values : null);

function mergeHealthcheck(
  asked: HealthcheckConfig | null | undefined,
  image: HealthcheckConfig | null | undefined,
): HealthcheckConfig | null | undefined {
  if (!image || !asked) return asked ?? image;
  return {
    ...image,
    ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value && value !== 0)),
    Test: asked.Test?.length ? asked.Test : (image.Test ?? null),
  };
}

/** The executable and its arguments that entrypoint and command make together; undefined when both are empty. */
export function processArguments(config: ContainerConfig): { path: string; args: string[] } | undefined {
  const [path, ...args] = [...list(config.Entrypoint), ...list(config.Cmd)];
  return path === undefined ? undefined : { path, args };
}
