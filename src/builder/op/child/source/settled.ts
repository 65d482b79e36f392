/** How far back a file's last change must lie for its next one to be sure to differ, in milliseconds. */
const tick = 50;
/** On file systems that count seconds. */
const coarseTick = 2100;

/**
 * Whether a time of a file tells its next change apart, as in git's racy rule: not one that has just been, nor one that lies
 * ahead. `milliseconds` since the epoch, and the nanoseconds that are in its second.
 */
export function isSettled(milliseconds: number, nanoseconds: number): boolean {
  return milliseconds < Date.now() - (nanoseconds === 0 ? coarseTick : tick);
}
