/** Deletes a tree in a child. Nobody waits: a deletion that is interrupted is taken up at the next opening. */
export function deleteTree(path: string): void {
  Bun.spawn(["rm", "-rf", "--one-file-system", "--", path], {
    stdio: ["ignore", "ignore", "inherit"],
  }).unref();
}
