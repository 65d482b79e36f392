/** What is covered by the layers above the one at hand. */
export class Cover {
  readonly #files = new Set<string>();
  /** Nothing below these is seen of the layers under it. */
  readonly #closed = new Set<string>();
  #pendingFiles = new Set<string>();
  #pendingClosed = new Set<string>();

  /** Whether the layers above leave a path of this layer to be seen; a directory that they have, too, is told already. */
  hides(path: string): boolean {
    if (this.#files.has(path)) return true;
    for (let at = path.lastIndexOf("/"); at >= 0; at = path.lastIndexOf("/", at - 1)) {
      if (this.#closed.has(path.slice(0, at))) return true;
      if (at === 0) break;
    }
    return this.#closed.has("");
  }

  add(path: string, isDirectory: boolean): void {
    this.#pendingFiles.add(path);
    if (!isDirectory) this.#pendingClosed.add(path);
  }

  close(path: string): void {
    this.#pendingClosed.add(path);
  }

  isTold(path: string): boolean {
    return this.#files.has(path);
  }

  /** It is there again as something that has nothing below it. */
  isClosed(path: string): boolean {
    return this.#closed.has(path);
  }

  next(): void {
    for (const path of this.#pendingFiles) this.#files.add(path);
    for (const path of this.#pendingClosed) this.#closed.add(path);
    [this.#pendingFiles, this.#pendingClosed] = [new Set(), new Set()];
  }
}
