import type * as api from "../../api/index.ts";
import { invalid } from "../../errors/index.ts";
import type { ExecutionConfig } from "../../oci/image.ts";
import { hostPlatform } from "../../oci/platform.ts";
import {
  familiarName,
  familiarReference,
  parseReference,
  type Reference,
  withDefaultTag,
} from "../../oci/reference.ts";
import { buildImage } from "./build-image.ts";
import { busyboxLayer } from "./busybox.ts";
import { debianLayer } from "./debian.ts";
import { emit } from "./events.ts";
import { withLease } from "./garbage.ts";
import { progressOf, type Report } from "./progress.ts";
import type { ImageRooms } from "./rooms.ts";

interface Base {
  layer: AsyncIterable<Uint8Array>;
  /** Milliseconds since the epoch. */
  created: number;
  config: ExecutionConfig;
  comment: string;
}

const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Makes a base image from the host's packages: `busybox`, or `debian:<suite>` with or without `-slim`. */
export function bootstrapImage(
  rooms: ImageRooms,
  ref: string,
  signal: AbortSignal,
): AsyncGenerator<api.ProgressMessage> {
  const reference = withDefaultTag(parseReference(ref));
  return progressOf(async (report) => {
    const id = await withLease(rooms, async (lease) => {
      const { layer, created, config, comment } = await baseOf(rooms, reference, report, signal);
      const time = new Date(created).toISOString();
      const history = [
        { created: time, created_by: comment, comment: "bootstrapped from the host's packages" },
      ];
      const document = { ...hostPlatform(), created: time, config, history };
      return await buildImage(rooms, { layer, config: document, references: [reference] }, lease, signal);
    });
    emit(rooms, "import", id, familiarReference(reference));
    report({ stream: `Bootstrapped image: ${familiarReference(reference)}\n` });
    report({ status: id });
  });
}

async function baseOf(
  rooms: ImageRooms,
  reference: Reference,
  report: Report,
  signal: AbortSignal,
): Promise<Base> {
  const name = familiarName(reference);
  const tag = reference.tag ?? "latest";
  if (name === "busybox") {
    const { version, created, layer } = await busyboxLayer();
    report({ stream: `Taking busybox ${version} from the host\n` });
    return {
      layer,
      created,
      comment: `BusyBox ${version}`,
      config: {
        Env: [path],
        Cmd: ["sh"],
        Labels: { "org.opencontainers.image.title": "busybox", "org.opencontainers.image.version": version },
      },
    };
  }
  if (name === "debian") {
    const { suite, created, layer } = await debianLayer(rooms.dataRoot, tag, report, signal);
    return {
      layer,
      created,
      comment: `debootstrap ${suite}`,
      config: {
        Env: [path],
        Cmd: ["bash"],
        Labels: { "org.opencontainers.image.title": "debian", "org.opencontainers.image.version": suite },
      },
    };
  }
  throw invalid(
    `cannot bootstrap ${familiarReference(reference)}: busybox and debian:<suite> can be made here`,
  );
}
