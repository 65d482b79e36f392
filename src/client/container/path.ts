/** The path of a container's verb; names may begin with a slash. */
export function containerPath(ref: string, verb: string): string {
  const name = encodeURIComponent(ref.replace(/^\//, ""));
  return verb === "" ? `/containers/${name}` : `/containers/${name}/${verb}`;
}
