/** Of one step, so much output is passed on, in bytes, as in BuildKit (`BUILDKIT_STEP_LOG_MAX_SIZE`). */
const limit = 2 << 20;
/** What is kept of the output beyond it, for a step that fails: its last lines say why. */
const tailBytes = 64 << 10;

export type WriteLog = (stream: 1 | 2, data: Uint8Array) => void;

/** The output of a step, up to a limit; of what comes beyond it the end is told when the step fails. */
export class StepLog {
  #written = 0;
  readonly #tail: { stream: 1 | 2; data: Uint8Array }[] = [];
  #tailBytes = 0;

  constructor(private readonly write: WriteLog) {}

  log(stream: 1 | 2, data: Uint8Array): void {
    const room = limit - this.#written;
    if (data.length <= room) {
      this.#written += data.length;
      this.write(stream, data);
      return;
    }
    if (room > 0) this.write(stream, data.subarray(0, room));
    if (this.#written <= limit) this.write(2, note);
    this.#written = limit + 1;
    this.#keep(stream, data.subarray(Math.max(0, room)));
  }

  /** To be called when the step failed. */
  flushTail(): void {
    for (const { stream, data } of this.#tail.splice(0)) this.write(stream, data);
  }

  #keep(stream: 1 | 2, data: Uint8Array): void {
    // A copy: whoever wrote it may use its buffer again.
    const kept = data.slice(-tailBytes);
    this.#tail.push({ stream, data: kept });
    this.#tailBytes += kept.length;
    for (;;) {
      const first = this.#tail[0];
      if (first === undefined || this.#tailBytes - first.data.length < tailBytes) return;
      this.#tail.shift();
      this.#tailBytes -= first.data.length;
    }
  }
}

const note = new TextEncoder().encode("\n[output clipped, log limit 2MiB reached]\n");
