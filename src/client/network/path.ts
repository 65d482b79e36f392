/** The path of a network, or of one of its verbs. */
export function networkPath(ref: string, verb = ""): string {
  const name = encodeURIComponent(ref);
  return verb === "" ? `/networks/${name}` : `/networks/${name}/${verb}`;
}
