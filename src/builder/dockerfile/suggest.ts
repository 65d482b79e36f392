/** The longest distance of a suggestion, as Docker has it. */
const near = 2;

/**
 * ` (did you mean RUN?)` for what comes closest to a word that is none of the options, in the word's case; empty when nothing does.
 * `exact`: case matters.
 */
export function didYouMean(word: string, options: Iterable<string>, exact = true): string {
  const match = closest(word, options, exact);
  return match === undefined ? "" : ` (did you mean ${match}?)`;
}

/** The option nearest to a word, at most two changes away; undefined too when the word is an option. */
export function closest(word: string, options: Iterable<string>, exact = true): string | undefined {
  const fold = (text: string): string => (exact ? text : text.toLowerCase());
  let best: string | undefined;
  let least = near + 1;
  for (const option of options) {
    const length = distance(fold(word), fold(option));
    if (length === 0) return undefined;
    if (length < least) [best, least] = [option, length];
  }
  return best === undefined || exact ? best : inCaseOf(word, best);
}

function inCaseOf(word: string, option: string): string {
  if (word === word.toLowerCase()) return option.toLowerCase();
  return word === word.toUpperCase() ? option.toUpperCase() : option;
}

/** Levenshtein's distance. */
function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const change = previous[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(change, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[other.length]!;
}
