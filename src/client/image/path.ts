/** The path of an image's verb. Slashes in a reference are part of the path, as Docker's clients send them. */
export function imagePath(ref: string, verb: string): string {
  const name = ref.split("/").map(encodeURIComponent).join("/");
  return verb === "" ? `/images/${name}` : `/images/${name}/${verb}`;
}
