import { sgr } from "./sgr.ts";

/** A remark beside a command's result, docker's way: a header, and further lines below the first one's text. */
export function formatNote(text: string, isColoured: boolean): string {
  const header = isColoured ? `${sgr(1, 30, 106)("i")} ${sgr(1, 96)("Info → ")}` : " Info -> ";
  const style = isColoured ? sgr(3) : (line: string) => line;
  const indent = " ".repeat(9);
  return `\n${header}${text.split("\n").map(style).join(`\n${indent}`)}\n`;
}
