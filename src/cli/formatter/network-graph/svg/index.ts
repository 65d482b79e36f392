import type { NetworkGraph } from "../../../../api/index.ts";
import { type CardLine, middleOf, type PlacedCard, padding } from "./card.ts";
import { diagramOf } from "./diagram.ts";
import { type Drawing, type Line, layOut } from "./layout.ts";
import { styleSheet } from "./theme.ts";

/** The graph as a picture that stands alone: SVG 1.1 with a style sheet of its own, for light and dark surroundings. */
export function svgGraph(graph: NetworkGraph): string {
  const drawing = layOut(diagramOf(graph));
  const { width, height } = drawing;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    "<title>Networks, containers and ports</title>",
    `<style>\n${styleSheet}\n</style>`,
    `<defs>${tip("external")}${tip("plain")}</defs>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...body(drawing),
    "</svg>\n",
  ].join("\n");
}

function body({ cards, lines }: Drawing): string[] {
  if (cards.length === 0) return ['<text class="line faint" x="24" y="44">nothing to draw</text>'];
  return [...lines.map(edge), ...cards.map(card)];
}

const tip = (tone: "external" | "plain") =>
  `<marker id="tip-${tone}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">` +
  `<path class="tip ${tone}" d="M0 0L8 4L0 8z"/></marker>`;

function edge({ from, to, tone, arrow }: Line): string {
  const bend = Math.round((to.x - from.x) / 2);
  const path = `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
  const end = arrow ? ` marker-end="url(#tip-${tone === "external" ? "external" : "plain"})"` : "";
  const pins = arrow
    ? ""
    : [from, to].map(({ x, y }) => `<circle class="pin" cx="${x}" cy="${y}" r="3"/>`).join("");
  return `<path class="edge ${tone}" d="${path}"${end}/>${pins}`;
}

function card(placed: PlacedCard): string {
  const { kind, muted, title, lines, x, y, width, height } = placed;
  const look = `card ${kind}${muted ? " muted" : ""}`;
  const radius = kind === "world" ? 18 : 8;
  return [
    `<rect class="${look}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`,
    `<text class="title" x="${x + padding}" y="${y + 21}">${escaped(title)}</text>`,
    ...lines.map((line, index) => lineText(line, placed, y + middleOf(index) + 4)),
  ].join("");
}

function lineText({ text, align = "left", tone }: CardLine, { x, width }: PlacedCard, y: number): string {
  const place = align === "left" ? `x="${x + padding}"` : `x="${x + width - padding}" text-anchor="end"`;
  return `<text class="line${tone === undefined ? "" : ` ${tone}`}" ${place} y="${y}">${escaped(text)}</text>`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!);
