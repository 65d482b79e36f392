/** Differences that are meant: what newer versions say, and we say it too. */
const reasons: readonly [name: RegExp, builder: RegExp, ours: RegExp][] = [];

export function meant(name: string, builder: string, ours: string, _theirs: string): boolean {
  return reasons.some(
    ([ofName, ofBuilder, ofOurs]) => ofName.test(name) && ofBuilder.test(builder) && ofOurs.test(ours),
  );
}
