const minimumWidth = 10;
const gap = 3;

/** Aligns tab-separated cells in columns, as docker's tables: at least ten wide, three blanks between. */
export function alignColumns(text: string): string {
  const rows = text.split("\n").map((line) => line.split("\t"));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.slice(0, -1).entries()) {
      widths[at] = Math.max(widths[at] ?? minimumWidth, Bun.stringWidth(cell) + gap);
    }
  }
  const lines = rows.map((row) =>
    row
      .map((cell, at) =>
        at === row.length - 1 ? cell : cell + " ".repeat(widths[at]! - Bun.stringWidth(cell)),
      )
      .join(""),
  );
  return `${lines.join("\n")}\n`;
}
