import { sgr } from "./sgr.ts";

/** How the parts of a tree of images look; the words and colours are docker's. */
export interface TreeStyle {
  /** Before what the signs mean. */
  legend: string;
  /** The sign of an image that containers use. */
  used: string;
  unused: string;
  title(text: string): string;
  name(text: string): string;
  faint(text: string): string;
}

const bare = (text: string): string => text;

export const plain: TreeStyle = {
  ...{ legend: " Info -> ", used: "U", unused: " " },
  ...{ title: bare, name: bare, faint: bare },
};

export const fancy: TreeStyle = {
  legend: `${sgr(1, 30, 106)("i")} ${sgr(1, 96)("Info → ")}`,
  used: sgr("38;5;0", "48;5;14")(" U "),
  unused: "   ",
  title: sgr(1),
  name: sgr(1, 34),
  faint: sgr(2),
};
