import { ChildPool } from "./pool.ts";

const pool = new ChildPool();

/** Says that a child will be asked soon: one that has to be started is started now. */
export function prepareChild(): void {
  pool.prepare();
}

/**
 * Has one of this process's pooled children (see `serve`) do a piece of work that main.ts knows by its name. Fails with the
 * SlipwayError that the work failed with; aborting ends it.
 */
export function askChild<Result>(
  name: string,
  request: unknown,
  { signal, onEvent }: { signal?: AbortSignal | undefined; onEvent?: (event: unknown) => void } = {},
): Promise<Result> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  pool.run({ name, request, signal, onEvent, resolve, reject });
  return promise as Promise<Result>;
}
