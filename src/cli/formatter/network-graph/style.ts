import { sgr } from "../sgr.ts";

/** How the parts of a drawn graph look on a terminal. */
export interface GraphStyle {
  title(text: string): string;
  /** What other machines reach. */
  external(text: string): string;
  faint(text: string): string;
}

const bare = (text: string): string => text;

export const plainGraph: GraphStyle = { title: bare, external: bare, faint: bare };
export const fancyGraph: GraphStyle = { title: sgr(1), external: sgr(33), faint: sgr(2) };
