/**
 * Deletes a tree in a child, so that the event loop never waits for a large one. Nobody waits for it either: a
 * deletion that is interrupted is taken up when its store is opened next.
 */
export function deleteTree(path: string): void {
  Bun.spawn(["rm", "-rf", "--one-file-system", "--", path], {
    stdio: ["ignore", "ignore", "inherit"],
  }).unref();
}
