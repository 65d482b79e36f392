import type { ImageTree, ImageTreeImage, ImageTreeNode } from "../../api/index.ts";
import { shortSize } from "./size.ts";
import { ellipsis, shortId } from "./text.ts";

export interface TreeOptions {
  /** Columns of the terminal; absent: nothing is cut. */
  width?: number | undefined;
  /** Every layer has a line of its own, not only those where something branches off or ends. */
  layers: boolean;
  truncate: boolean;
}

/** A line, and what hangs below it. */
interface Branch {
  text: string;
  size: string;
  below: Branch[];
}

/** Images as leaves of the layers that they consist of; sizes stand in a column behind. */
export function renderTree(tree: ImageTree, options: TreeOptions): string {
  const id = (text: string) => (options.truncate ? shortId(text) : text);
  const branches = [
    ...tree.Roots.map((node) => layerBranch(node, options, id)),
    ...tree.Empty.map((image) => imageBranch(image, id)),
  ];
  const rows = branches.flatMap((branch) => lines(branch, "", ""));
  return `${[...layOut(rows, options.width), summary(tree)].join("\n")}\n`;
}

function layerBranch(node: ImageTreeNode, options: TreeOptions, id: (text: string) => string): Branch {
  let last = node;
  let count = 1;
  let size = node.Size;
  for (
    let [only, ...more] = last.Children;
    !options.layers && only !== undefined;
    [only, ...more] = last.Children
  ) {
    if (more.length > 0 || last.Images.length > 0) break;
    last = only;
    count++;
    size += only.Size;
  }
  const notes = [
    ...(count > 1 ? [`${count} layers`] : []),
    ...(node.ImageCount > 1 ? [`shared by ${node.ImageCount}`] : []),
  ];
  return {
    text: [id(last.ChainId), ...notes].join("  "),
    size: shortSize(size),
    below: [
      ...last.Images.map((image) => imageBranch(image, id)),
      ...last.Children.map((child) => layerBranch(child, options, id)),
    ],
  };
}

function imageBranch({ Id, Names, Size }: ImageTreeImage, id: (text: string) => string): Branch {
  const names = Names.map((name) => (name === Id ? `<none> ${id(Id)}` : name));
  return { text: `▪ ${names.join(", ")}`, size: `= ${shortSize(Size)}`, below: [] };
}

interface Row {
  left: string;
  right: string;
}

function lines({ text, size, below }: Branch, lead: string, indent: string): Row[] {
  const rows = below.flatMap((branch, at) => {
    const isLast = at === below.length - 1;
    return lines(branch, `${indent}${isLast ? "└─ " : "├─ "}`, `${indent}${isLast ? "   " : "│  "}`);
  });
  return [{ left: lead + text, right: size }, ...rows];
}

const gap = 2;

function layOut(rows: readonly Row[], width: number | undefined): string[] {
  const sizes = Math.max(0, ...rows.map(({ right }) => right.length));
  const longest = Math.max(0, ...rows.map(({ left }) => Bun.stringWidth(left)));
  const room = width === undefined ? longest : Math.min(longest, Math.max(16, width - sizes - gap));
  return rows.map(({ left, right }) => {
    const shown = ellipsis(left, room);
    return `${shown}${" ".repeat(room - Bun.stringWidth(shown) + gap)}${right.padStart(sizes)}`;
  });
}

function summary({ Shared, Unique }: ImageTree): string {
  return `\n${shortSize(Shared + Unique)} in layers: ${shortSize(Shared)} shared, ${shortSize(Unique)} of one image each`;
}
