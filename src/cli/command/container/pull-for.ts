import type { Client } from "../../../client/client.ts";
import { pullImage } from "../../../client/image/pull.ts";
import { familiarReference, repositoryOf } from "../../../oci/reference.ts";
import { credentialsFor } from "../../config/credentials.ts";
import type { ConfigFile } from "../../config/file.ts";
import { chooseReference } from "../../opts/reference.ts";
import { printError } from "../../streams/print.ts";
import { showProgress } from "../../streams/progress.ts";

export interface PullForOptions {
  platform: string | undefined;
  quiet: boolean;
  /** It is pulled because it is not there. */
  missing: boolean;
}

/** Pulls a container's image. Standard output is the container's: what a pull has to say goes to standard error. */
export async function pullFor(
  client: Client,
  image: string,
  { platform, quiet, missing }: PullForOptions,
  config: ConfigFile,
): Promise<void> {
  const { reference } = chooseReference(image, false);
  if (missing && !quiet) printError(`Unable to find image '${familiarReference(reference)}' locally\n`);
  const auth = await credentialsFor(config, reference.domain);
  const tag = reference.digest ?? reference.tag;
  await showProgress(pullImage(client, repositoryOf(reference), { tag, platform, auth }), { to: 2, quiet });
}
