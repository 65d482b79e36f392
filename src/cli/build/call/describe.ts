import type { BuildOutline, BuildTargetList } from "../../../api/index.ts";

/** What a target takes, in buildx's tables. (moby/buildkit frontend/subrequests/outline) */
export function outlineText({ name, description, args = [], secrets = [], ssh = [] }: BuildOutline): string {
  const tables: string[] = [];
  if (name !== undefined || description !== undefined) {
    const about = [["TARGET:", name ?? "(default)"]];
    if (description !== undefined) about.push(["DESCRIPTION:", description]);
    tables.push(table(about, 1));
  }
  const cells = args.map((arg) => [arg.name, arg.value ?? "", arg.description ?? ""]);
  if (args.length > 0) tables.push(table([["BUILD ARG", "VALUE", "DESCRIPTION"], ...cells], 3));
  for (const [head, all] of [["SECRET", secrets] as const, ["SSH", ssh] as const]) {
    const rows = all.map((each) => [each.name, each.required === true ? "true" : ""]);
    if (rows.length > 0) tables.push(table([[head, "REQUIRED"], ...rows], 3));
  }
  return tables.map((text) => `${text}\n`).join("");
}

/** The stages of a Dockerfile. (moby/buildkit frontend/subrequests/targets) */
export function targetsText({ targets }: BuildTargetList): string {
  const rows = targets.map(({ name, default: isDefault = false, description = "" }) => {
    const shown = name === undefined ? "" : `${name}${isDefault ? " (default)" : ""}`;
    return [shown === "" && isDefault ? "(default)" : shown, description];
  });
  return table([["TARGET", "DESCRIPTION"], ...rows], 1);
}

/** Columns as wide as their widest cell and a gap; the last one is as it is. */
function table(rows: readonly (readonly string[])[], gap: number): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => Bun.stringWidth(row[at] ?? ""))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const padding = (widths[at] ?? 0) + gap - Bun.stringWidth(cell);
        return at === row.length - 1 ? cell : cell + " ".repeat(padding);
      })
      .join("");
  return rows.map((row) => `${line(row)}\n`).join("");
}
