import { familiarReference, type Reference } from "../../oci/reference.ts";
import type { BuildJob } from "../job.ts";
import { internalStep } from "../progress/index.ts";

/** Sends an image to its registry, as `push` does. */
export async function pushName(
  { rooms, request, progress, signal }: BuildJob,
  reference: Reference,
): Promise<void> {
  const ref = familiarReference(reference);
  const auth = request.Auths?.[reference.domain];
  await internalStep(progress, `pushing ${ref}`, async (tell) => {
    const options = { ref, ...(auth === undefined ? {} : { auth }) };
    for await (const { id, status, progressDetail } of await rooms.open.images.push(options, signal)) {
      const { current = 0, total } = progressDetail ?? {};
      if (id !== undefined && total !== undefined)
        tell({ id: `${status} ${id}`, current, total, done: current === total });
    }
  });
}
