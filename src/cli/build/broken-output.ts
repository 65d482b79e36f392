/** The engine has broken an output off: its message about the build says why. */
export class BrokenOutput extends Error {}

/** What an engine sends, with its failures told from those of whoever takes it. */
export async function* takenFrom(asked: Promise<AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  const broken = (cause: unknown): never => {
    throw new BrokenOutput("the engine broke the output off", { cause });
  };
  const pieces = (await asked.catch(broken))[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await pieces.next().catch(broken);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await pieces.return?.();
  }
}
