/** A line of a card; edges of the drawing end beside the lines that they are about. */
export interface CardLine {
  readonly text: string;
  readonly align?: "left" | "right";
  readonly tone?: "faint" | "external";
}

/** What is drawn as a box: its kind says how it looks. */
export interface Card {
  readonly kind: "world" | "container" | "network";
  /** A container that is stopped, a network that is internal. */
  readonly muted?: boolean;
  readonly title: string;
  readonly lines: readonly CardLine[];
}

/** A card at its place; pixels from the upper left corner. */
export interface PlacedCard extends Card {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const lineHeight = 18;
export const padding = 12;
const titleHeight = 25;
/** Pixels of a column of text; the fonts have one width for all letters. */
const titleColumn = 8.2;
const lineColumn = 7.3;

export function widthOf({ title, lines }: Card): number {
  const texts = lines.map(({ text }) => Bun.stringWidth(text) * lineColumn);
  return Math.ceil(Math.max(70, Bun.stringWidth(title) * titleColumn + 16, ...texts) + 2 * padding);
}

export const heightOf = ({ lines }: Card): number => titleHeight + lines.length * lineHeight + padding;

/** The middle of a line of a card, downwards from the card's upper edge; -1 is the title. */
export const middleOf = (line: number): number =>
  line < 0 ? padding + 5 : titleHeight + line * lineHeight + lineHeight / 2 + 2;
