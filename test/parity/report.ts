/** A comparison: with whom, of what, and each difference that is not meant. */
export interface Comparison {
  readonly subject: string;
  readonly other: "BuildKit" | "classic";
  readonly name: string;
  readonly differences: readonly string[];
  /** How many more there are that are meant. */
  readonly meant: number;
}

/** Tells of each comparison as it comes, and ends with a table of all. */
export class Report {
  readonly #all: Comparison[] = [];

  add(comparison: Comparison): void {
    this.#all.push(comparison);
    const { subject, other, name, differences, meant } = comparison;
    if (differences.length === 0 && meant === 0) return;
    console.log(`${differences.length > 0 ? "DIFFERS" : "meant  "} ${subject} ${name}, ${other}`);
    for (const line of differences) console.log(`        ${line.replaceAll("\n", "\n        ")}`);
  }

  /** Whether nothing differs but what is meant. */
  end(): boolean {
    const groups = Map.groupBy(this.#all, ({ subject, other }) => `${subject.padEnd(10)} ${other.padEnd(9)}`);
    console.log("\n                      cases  equal  as meant  differ");
    for (const [group, members] of groups) {
      const differ = members.filter(({ differences }) => differences.length > 0).length;
      const meant = members.filter(({ differences, meant: count }) => differences.length === 0 && count > 0);
      const counts = [members.length, members.length - differ - meant.length, meant.length, differ];
      const widths = [5, 7, 10, 8];
      console.log(group + counts.map((count, index) => String(count).padStart(widths[index]!)).join(""));
    }
    return this.#all.every(({ differences }) => differences.length === 0);
  }
}
