/** What a base image is made of. What it was made in goes when it is disposed of. */
export interface Base extends AsyncDisposable {
  title: string;
  version: string;
  /** Milliseconds since the epoch: that of what is in it, so that the same makes the same image. */
  created: number;
  /** What its containers run by default. */
  command: string;
  /** How it was made, for the history. */
  comment: string;
  layer: AsyncIterable<Uint8Array>;
}
