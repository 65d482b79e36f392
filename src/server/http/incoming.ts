import type { Readable } from "node:stream";

/**
 * The bytes that a client sends, up to its half-close. Unlike a stream's own iterator this one leaves the
 * stream open when it ends, for the other direction goes on.
 */
export async function* incoming(source: Readable, head: Uint8Array): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  let wake = () => {};
  const changed = () => wake();
  for (const event of ["readable", "end", "close", "error"]) source.on(event, changed);
  try {
    for (;;) {
      const next = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const chunk: Uint8Array | null = source.read();
      if (chunk !== null) yield chunk;
      else if (source.readableEnded || source.destroyed) return;
      else await next;
    }
  } finally {
    for (const event of ["readable", "end", "close", "error"]) source.off(event, changed);
  }
}
