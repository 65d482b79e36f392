import { open } from "node:fs/promises";
import { invalid, unavailable } from "../../../errors/index.ts";
import { type Digest, digestFromHex } from "../../../oci/digest.ts";
import { setTimes } from "../../../os/times.ts";
import type { HttpOp } from "../../graph/index.ts";
import type { OpJob } from "../../solver/model.ts";

/** Of a file whose server does not say, in nanoseconds since the epoch: Docker's. */
const noTime = 0n;
/** How often progress is told, in bytes. */
const every = 1 << 20;
const defaultMode = 0o600;

/** Writes what a server sends into a new file, as it comes, and answers its digest. `invalid` when that is not the expected one. */
export async function saveBody(response: Response, path: string, op: HttpOp, job: OpJob): Promise<Digest> {
  const expected = Number(response.headers.get("content-length") ?? Number.NaN);
  const total = Number.isSafeInteger(expected) ? { total: expected } : {};
  const tell = (current: number, completed: boolean) =>
    job.status({ id: op.url, action: "downloading", current, ...total, completed });
  const hasher = new Bun.CryptoHasher("sha256");
  const file = await open(path, "wx", defaultMode);
  try {
    let [size, told] = [0, 0];
    for await (const chunk of (response.body ??
      new Blob().stream()) as unknown as AsyncIterable<Uint8Array>) {
      job.signal.throwIfAborted();
      hasher.update(chunk);
      await file.write(chunk);
      size += chunk.length;
      if (size - told < every) continue;
      told = size;
      tell(size, false);
    }
    if (Number.isSafeInteger(expected) && size !== expected)
      throw unavailable(`cannot fetch ${op.url}: it ended after ${size} of ${expected} bytes`);
    const digest = digestFromHex(hasher.digest("hex"));
    if (op.checksum !== undefined && op.checksum !== digest)
      throw invalid(`digest mismatch ${digest}: ${op.checksum}: ${op.url} is not what --checksum says`);
    await file.chown(op.uid ?? 0, op.gid ?? 0);
    await file.chmod(op.mode ?? defaultMode);
    setTimes(file.fd, timeOf(response));
    tell(size, true);
    return digest;
  } finally {
    await file.close();
  }
}

function timeOf({ headers }: Response): bigint {
  const milliseconds = Date.parse(headers.get("last-modified") ?? "");
  return Number.isNaN(milliseconds) ? noTime : BigInt(milliseconds) * 1_000_000n;
}
