/** An id's first twelve characters, without the digest's algorithm. */
export function shortId(id: string): string {
  return id.slice(id.indexOf(":") + 1).slice(0, 12);
}

/** At most `width` columns, the last one an ellipsis when something was cut. */
export function ellipsis(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (Bun.stringWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Labels as `a=1,b=2`. */
export function labelList(labels: Record<string, string> | null | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
}

/** A Docker Hub name as people write it: `docker.io/library/busybox` is `busybox`. */
export function familiarName(name: string): string {
  return name.replace(/^docker\.io\/(library\/(?=[^/]+$))?/, "");
}
