import { existsSync, writeFileSync } from "node:fs";
import type { ContainerCreateRequest, ContainerCreateResponse } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { createContainer } from "../../../client/container/create.ts";
import { inspectImage } from "../../../client/image/inspect.ts";
import { SlipwayError } from "../../../errors/index.ts";
import type { ConfigFile } from "../../config/file.ts";
import { platformName } from "../../flags/platform.ts";
import { wrong } from "../../local-error.ts";
import { printError } from "../../streams/print.ts";

export interface CreateOptions {
  name: string;
  platform: string;
  pull: string;
  quiet: boolean;
  cidfile: string;
}

/** Creates a container, with its image pulled when that is wanted or missing. Writes the file with its id. */
export async function createNamed(
  client: Client,
  request: ContainerCreateRequest,
  options: CreateOptions,
  config: () => Promise<ConfigFile>,
): Promise<ContainerCreateResponse> {
  const image = request.Image ?? "";
  if (!["always", "missing", "never"].includes(options.pull)) {
    throw wrong(`invalid pull option: '${options.pull}': must be one of "always", "missing" or "never"`);
  }
  if (options.cidfile !== "" && existsSync(options.cidfile)) {
    throw wrong(
      `container ID file found, make sure the other container isn't running or delete ${options.cidfile}`,
    );
  }
  const platform = platformName(options.platform);
  const pull = async (missing: boolean) => {
    const { pullFor } = await import("./pull-for.ts");
    await pullFor(client, image, { platform, quiet: options.quiet, missing }, await config());
  };
  if (options.pull === "always") await pull(false);
  const query = { name: options.name || undefined, platform };
  let created: ContainerCreateResponse;
  try {
    created = await createContainer(client, request, query);
  } catch (error) {
    if (options.pull !== "missing" || !(await isMissing(client, image, platform, error))) throw error;
    await pull(true);
    created = await createContainer(client, request, query);
  }
  if (options.cidfile !== "") writeFileSync(options.cidfile, created.Id);
  for (const warning of created.Warnings ?? []) printError(`WARNING: ${warning}\n`);
  return created;
}

/**
 * A 404 may be of a network or a volume's container too, so the image is asked for by itself; it may be there for
 * another platform. What is named by its id cannot be pulled.
 */
async function isMissing(
  client: Client,
  image: string,
  platform: string | undefined,
  error: unknown,
): Promise<boolean> {
  if (!isNotFound(error) || /^(sha256:)?[0-9a-f]{64}$/.test(image)) return false;
  if (platform !== undefined) return true;
  try {
    await inspectImage(client, image);
    return false;
  } catch (missing) {
    return isNotFound(missing);
  }
}

const isNotFound = (error: unknown) => error instanceof SlipwayError && error.kind === "notFound";
