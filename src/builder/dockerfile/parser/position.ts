/** A place in a Dockerfile: lines count from 1, characters (UTF-16 units) from 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** From a place up to another, which is no part of it. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}
