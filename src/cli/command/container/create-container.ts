import { existsSync, writeFileSync } from "node:fs";
import type { ContainerCreateRequest, ContainerCreateResponse } from "../../../api/index.ts";
import type { Client } from "../../../client/client.ts";
import { createContainer } from "../../../client/container/create.ts";
import { inspectImage } from "../../../client/image/inspect.ts";
import { SlipwayError } from "../../../errors/index.ts";
import { wrong } from "../../local-error.ts";
import { programName } from "../../program.ts";
import { printError } from "../../streams/print.ts";

export interface CreateOptions {
  name: string;
  platform: string;
  pull: string;
  cidfile: string;
}

/** Creates a container; says why when its image is missing. Writes the file with its id. */
export async function createNamed(
  client: Client,
  request: ContainerCreateRequest,
  options: CreateOptions,
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
  if (options.pull === "always") throw cannotPull(image);
  const query = { name: options.name || undefined, platform: options.platform || undefined };
  let created: ContainerCreateResponse;
  try {
    created = await createContainer(client, request, query);
  } catch (error) {
    if (options.pull !== "missing" || !(await isMissingImage(client, image, error))) throw error;
    printError(`Unable to find image '${withTag(image)}' locally\n`);
    throw cannotPull(image);
  }
  if (options.cidfile !== "") writeFileSync(options.cidfile, created.Id);
  for (const warning of created.Warnings ?? []) printError(`WARNING: ${warning}\n`);
  return created;
}

/** A 404 may be of a network or a volume's container too, so the image is asked for by itself. */
async function isMissingImage(client: Client, image: string, error: unknown): Promise<boolean> {
  if (!(error instanceof SlipwayError) || error.kind !== "notFound") return false;
  try {
    await inspectImage(client, image);
    return false;
  } catch (missing) {
    return missing instanceof SlipwayError && missing.kind === "notFound";
  }
}

function cannotPull(image: string): Error {
  const program = programName();
  return wrong(
    `cannot pull '${withTag(image)}': this version does not download from registries. Bring the image here with ` +
      `'${program} load', '${program} import' or '${program} image bootstrap debian:bookworm'`,
  );
}

function withTag(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}
