import type { ProgressMessage } from "../../api/index.ts";
import { humanSize } from "./size.ts";

const barWidth = 50;
/** Narrower terminals show the numbers alone, as docker does. */
const roomForBar = 110;

/** How far something has come, as docker draws it: `[=====>    ]  1.2MB/3.4MB`; empty when nothing is known. */
export function progressBar(
  { current = 0, total = 0, units }: NonNullable<ProgressMessage["progressDetail"]>,
  columns: number,
): string {
  if (current <= 0 && total <= 0) return "";
  const amount = (count: number) => (units ? String(count) : humanSize(count));
  const unit = units ? ` ${units}` : "";
  if (total <= 0 || current > total) return `${amount(current).padStart(8)}${unit}`;
  const filled = Math.min(barWidth, Math.floor((current / total) * barWidth));
  const bar = columns > roomForBar ? `[${"=".repeat(filled)}>${" ".repeat(barWidth - filled)}] ` : "";
  return `${bar}${amount(current).padStart(8)}/${amount(total)}${unit}`;
}
