import type * as api from "../../../api/index.ts";
import { hostPlatform } from "../../../oci/platform.ts";
import { familiarReference } from "../../../oci/reference.ts";
import type { BootstrapOptions } from "../../backend.ts";
import { buildImage } from "../build-image.ts";
import { emit } from "../events.ts";
import { withLease } from "../garbage.ts";
import { progressOf, type Report } from "../progress.ts";
import type { ImageRooms } from "../rooms.ts";
import type { Base } from "./base.ts";
import { busyboxBase } from "./busybox.ts";
import { parseRecipe, type Recipe } from "./recipe.ts";
import { suiteBase } from "./suite.ts";

const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Makes a base image from the host's packages or a distribution's mirror. The same packages make the same image. The
 * last message's status is its ID. What is malformed is an error before the first message.
 */
export function bootstrapImage(
  rooms: ImageRooms,
  options: BootstrapOptions,
  signal: AbortSignal,
): AsyncGenerator<api.ProgressMessage> {
  const recipe = parseRecipe(options);
  const name = familiarReference(recipe.reference);
  return progressOf(async (report) => {
    const id = await withLease(rooms, async (lease) => {
      await using base = await baseOf(rooms, recipe, report, signal);
      const { layer } = base;
      const image = { layer, config: configOf(base), references: [recipe.reference] };
      return await buildImage(rooms, image, lease, signal);
    });
    emit(rooms, "import", id, name);
    report({ stream: `Bootstrapped image: ${name}\n` });
    report({ status: id });
  });
}

async function baseOf(rooms: ImageRooms, recipe: Recipe, report: Report, signal: AbortSignal): Promise<Base> {
  if (recipe.base === "suite") return await suiteBase(rooms, recipe, report, signal);
  const base = await busyboxBase();
  report({ stream: `Taking busybox ${base.version} from the host\n` });
  return base;
}

function configOf({ title, version, created, command, comment }: Base) {
  const time = new Date(created).toISOString();
  return {
    ...hostPlatform(),
    created: time,
    config: {
      Env: [path],
      Cmd: [command],
      Labels: { "org.opencontainers.image.title": title, "org.opencontainers.image.version": version },
    },
    history: [{ created: time, created_by: comment, comment: "bootstrapped without a registry" }],
  };
}
