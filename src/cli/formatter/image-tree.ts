import type { ImageSummary } from "../../api/index.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { shortSize } from "./size.ts";
import { ellipsis, shortId } from "./text.ts";
import { fancy, plain, type TreeStyle } from "./tree-style.ts";

interface Details {
  id: string;
  usage: number;
  content: number;
  inUse: boolean;
}

interface Branch extends Details {
  platform: string;
  available: boolean;
}

interface Column {
  title: string;
  width: number;
  right?: boolean;
  value(details: Details): string;
}

const spacing = "   ";
const narrowestName = 12;
const minimumWidth = 20;
/** Of the legend, without a terminal; names are not cut then. */
const defaultWidth = 80;
const untagged = "<untagged>";

/** Whether an image is shown without `--all`. */
export function hasName({ RepoTags, RepoDigests }: ImageSummary): boolean {
  return RepoTags.length > 0 || RepoDigests.length > 0;
}

/**
 * Images with a branch for each platform, the newest first, as `docker image ls --tree` of version 28 shows them. On
 * a terminal, whose width in characters is given, with colours: platforms that are not here are faint.
 */
export function imageTree(images: readonly ImageSummary[], terminalWidth?: number): string {
  const style = terminalWidth === undefined ? plain : fancy;
  const width = Math.max(terminalWidth ?? defaultWidth, minimumWidth);
  const sorted = images.toSorted((a, b) => b.Created - a.Created);
  // Docker counts the bytes, of which the branches' lines have more than characters.
  const widest = Math.max(
    "IMAGE".length,
    ...sorted.flatMap(firstColumn).map((text) => Buffer.byteLength(text)),
  );
  const all = columnsOf(style, sorted);
  const { nameWidth, columns } = fit(all, terminalWidth === undefined ? Number.POSITIVE_INFINITY : width);
  const first = Math.min(widest, nameWidth);
  const titles = columns.map(
    ({ title, width: room, right }) => spacing + style.title(pad(title, room, right)),
  );
  const lines = [
    pad(`${style.legend} ${style.used} In Use `, width, true),
    "",
    style.title(pad("IMAGE", first)) + titles.join(""),
  ];
  for (const image of sorted) lines.push(...linesOf(image, columns, first, style), "");
  return `${lines.join("\n")}\n`;
}

function linesOf(image: ImageSummary, columns: readonly Column[], first: number, style: TreeStyle): string[] {
  const cell = (text: string) => pad(ellipsis(text, first), first);
  const cells = (details: Details, paint: (text: string) => string) =>
    columns.map(({ title, width, right, value }) => {
      const text = pad(value(details), width, right);
      return spacing + (title === "EXTRA" ? text : paint(text));
    });
  const names = image.RepoTags.toSorted((a, b) => b.length - a.length);
  const last = names.pop();
  const name = last === undefined ? style.faint(cell(untagged)) : style.name(cell(last));
  const branches = branchesOf(image);
  return [
    ...names.map(style.name),
    [name, ...cells(detailsOf(image), (text) => text)].join(""),
    ...branches.map((branch, index) => {
      const paint = branch.available ? (text: string) => text : style.faint;
      const arm = index === branches.length - 1 ? "└─" : "├─";
      return [paint(cell(`${arm} ${branch.platform}`)), ...cells(branch, paint)].join("");
    }),
  ];
}

function columnsOf(style: TreeStyle, images: readonly ImageSummary[]): Column[] {
  const showsUse = images.some((image) => detailsOf(image).inUse);
  const use = ({ inUse }: Details) => (!showsUse ? "" : inUse ? style.used : style.unused);
  return [
    { title: "ID", width: 12, value: ({ id }) => shortId(id) },
    { title: "DISK USAGE", width: 10, right: true, value: ({ usage }) => shortSize(usage) },
    { title: "CONTENT SIZE", width: 12, right: true, value: ({ content }) => shortSize(content) },
    { title: "EXTRA", width: "EXTRA".length, value: use },
  ];
}

/** The columns that leave the names some room, and how much that is. */
function fit(all: readonly Column[], width: number): { nameWidth: number; columns: Column[] } {
  const columns: Column[] = [];
  let nameWidth = width;
  for (const column of all) {
    const needed = column.width + spacing.length;
    if (nameWidth - needed < narrowestName) break;
    nameWidth -= needed;
    columns.push(column);
  }
  return { nameWidth, columns };
}

function firstColumn(image: ImageSummary): string[] {
  const names = image.RepoTags.length > 0 ? image.RepoTags : [untagged];
  return [...names, ...branchesOf(image).map(({ platform }) => `└─ ${platform}`)];
}

function detailsOf({ Id, Size, Containers, Manifests = [] }: ImageSummary): Details {
  const content = Manifests.reduce((sum, manifest) => sum + manifest.Size.Content, 0);
  return { id: Id, usage: Size, content, inUse: Containers > 0 };
}

function branchesOf({ Manifests = [] }: ImageSummary): Branch[] {
  return Manifests.flatMap(({ ID, Available, Size, ImageData }) => {
    if (ImageData === undefined) return [];
    const platform = formatPlatform(ImageData.Platform);
    const inUse = ImageData.Containers.length > 0;
    return [{ id: ID, usage: Size.Total, content: Size.Content, inUse, platform, available: Available }];
  });
}

function pad(text: string, width: number, right = false): string {
  const fill = " ".repeat(Math.max(width - Bun.stringWidth(text), 0));
  return right ? fill + text : text + fill;
}
