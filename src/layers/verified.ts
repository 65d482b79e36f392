import type { Child } from "./child-process.ts";

/** A child's output as a stream that ends well only if the child did. Cancelling it ends the child. */
export function verified({ output, result }: Child<unknown>): ReadableStream<Uint8Array> {
  const reader = output.getReader();
  // Whoever does not read to the end learns no error, and that is no unhandled one.
  result.catch(() => undefined);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await reader.read();
        if (!done) return controller.enqueue(value);
        await result;
        controller.close();
      },
      async cancel(reason) {
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
