/** A box of box-drawing characters around groups of lines, with what it is in its upper edge. Widths are those on the terminal. */
export function box(title: string, kind: string, groups: readonly (readonly string[])[]): string {
  const filled = groups.filter((lines) => lines.length > 0);
  const edge = Bun.stringWidth(title) + Bun.stringWidth(kind) + 5;
  const width = Math.max(edge, ...filled.flat().map((line) => Bun.stringWidth(line) + 2));
  const rest = width - Bun.stringWidth(title) - Bun.stringWidth(kind) - 4;
  const rows = filled.map((lines) =>
    lines.map((line) => `│ ${line}${" ".repeat(width - Bun.stringWidth(line) - 2)} │`).join("\n"),
  );
  return [
    `┌─ ${title} ${"─".repeat(rest - 2)} ${kind} ─┐`,
    rows.join(`\n├${"─".repeat(width)}┤\n`),
    `└${"─".repeat(width)}┘`,
  ].join("\n");
}
