import { heightOf, middleOf, type PlacedCard, widthOf } from "./card.ts";
import type { Connection, Diagram, Pin } from "./diagram.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Line {
  readonly from: Point;
  readonly to: Point;
  readonly tone: Connection["tone"];
  readonly arrow: boolean;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly cards: readonly PlacedCard[];
  readonly lines: readonly Line[];
}

const margin = 24;
/** Between columns, where the lines are, and between cards of a column. */
const columnGap = 110;
const rowGap = 18;

/** Puts the cards to their places: the containers below each other, everything else beside what it is connected to. */
export function layOut({ columns, connections }: Diagram): Drawing {
  const placed = new Map<string, PlacedCard>();
  const widths = columns.map((column) => Math.max(0, ...[...column.values()].map(widthOf)));
  const left = columns.map((_, at) => leftOf(widths, at));
  const order = [1, 2, 0, 3];
  for (const at of order) {
    const wishes = [...columns[at]!].map(([key, card]) => ({
      key,
      card,
      middle: wishFor(key, connections, placed),
    }));
    // What has no connection stays below what has; the sort keeps the order of equals.
    if (at !== 1) wishes.sort((a, b) => a.middle - b.middle);
    let below = margin;
    for (const { key, card, middle } of wishes) {
      const [width, height] = [widths[at]!, heightOf(card)];
      const y = Number.isFinite(middle) ? Math.max(below, Math.round(middle - height / 2)) : below;
      placed.set(key, { ...card, x: left[at]!, y, width, height });
      below = y + height + rowGap;
    }
  }
  const cards = [...placed.values()];
  return {
    width: Math.max(240, ...cards.map(({ x, width }) => x + width)) + margin,
    height: Math.max(60, ...cards.map(({ y, height }) => y + height)) + margin,
    cards,
    lines: connections.map(({ from, to, tone, arrow }) => ({
      from: pointOf(placed, from, "right"),
      to: pointOf(placed, to, "left"),
      tone,
      arrow,
    })),
  };
}

/** Where a column begins; one without cards takes no room. */
function leftOf(widths: readonly number[], at: number): number {
  return widths.slice(0, at).reduce((sum, width) => sum + (width === 0 ? 0 : width + columnGap), margin);
}

/** The mean of the other ends of a card's connections, as far as these have their places. */
function wishFor(
  key: string,
  connections: readonly Connection[],
  placed: ReadonlyMap<string, PlacedCard>,
): number {
  const others = connections.flatMap(({ from, to }) => {
    if (from.card === key) return [to];
    return to.card === key ? [from] : [];
  });
  const known = others.filter(({ card }) => placed.has(card)).map((pin) => heightAt(placed, pin));
  return known.length === 0 ? Number.POSITIVE_INFINITY : known.reduce((sum, y) => sum + y, 0) / known.length;
}

function heightAt(placed: ReadonlyMap<string, PlacedCard>, { card, line }: Pin): number {
  const { y, height, kind } = placed.get(card)!;
  return kind === "container" ? y + middleOf(line) : y + height / 2;
}

function pointOf(placed: ReadonlyMap<string, PlacedCard>, pin: Pin, side: "left" | "right"): Point {
  const { x, width } = placed.get(pin.card)!;
  return { x: side === "left" ? x : x + width, y: heightAt(placed, pin) };
}
