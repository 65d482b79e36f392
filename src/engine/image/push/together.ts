/**
 * Does pieces of work at the same time. When one fails the others are aborted, and its failure is thrown once all of
 * them have ended: nothing goes on behind the answer.
 */
export async function together<T>(
  work: readonly ((signal: AbortSignal) => T | Promise<T>)[],
  signal: AbortSignal,
): Promise<T[]> {
  const failed = new AbortController();
  const until = AbortSignal.any([signal, failed.signal]);
  const results: T[] = [];
  await Promise.all(
    work.map(async (piece, index) => {
      try {
        results[index] = await piece(until);
      } catch (error) {
        failed.abort(error);
      }
    }),
  );
  failed.signal.throwIfAborted();
  return results;
}
