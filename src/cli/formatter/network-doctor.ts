import type { NetworkDoctorHop, NetworkDoctorReport } from "../../api/index.ts";
import { sgr } from "./sgr.ts";

interface Look {
  readonly sign: string;
  style(text: string): string;
}

const bare = (text: string): string => text;

const looks: Record<NetworkDoctorHop["Status"], Look> = {
  ok: { sign: "✓", style: sgr(32) },
  warning: { sign: "!", style: sgr(33) },
  failed: { sign: "✗", style: sgr(31) },
  skipped: { sign: "–", style: sgr(2) },
};

const width = Math.max(...["container", "gateway"].map((hop) => hop.length));

/** A line a hop, what to do about those that fail, and the verdict: where the path stops. */
export function doctorReport(report: NetworkDoctorReport, isColoured: boolean): string {
  const lines = report.Hops.flatMap((hop) => {
    const { sign, style } = looks[hop.Status];
    const paint = isColoured ? style : bare;
    const line = `  ${paint(sign)} ${hop.Hop.padEnd(width)}  ${hop.Detail}`.trimEnd();
    return hop.Remedy === undefined ? [line] : [line, ...remedy(hop.Remedy)];
  });
  const title = `${report.Container} → ${report.Target}`;
  return `${[isColoured ? sgr(1)(title) : title, ...lines, "", verdict(report)].join("\n")}\n`;
}

function remedy(text: string): string[] {
  const indent = " ".repeat(width + 6);
  const [first = "", ...rest] = text.split("\n");
  return [`${indent}→ ${first}`, ...rest.map((line) => `${indent}  ${line}`)];
}

function verdict({ Ok, Hops, Container, Target }: NetworkDoctorReport): string {
  if (Ok) return `${Container} reaches ${Target}.`;
  const stop = Hops.find(({ Status }) => Status === "failed");
  if (stop === undefined) return `Nobody knows whether ${Container} reaches ${Target}.`;
  return `${Container} does not reach ${Target}: it stops at ${stop.Hop === "dns" ? "DNS" : `the ${stop.Hop}`}.`;
}
