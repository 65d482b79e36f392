/** Why a container is stopped. */
export interface Cause {
  /** A user's stop is remembered: `unless-stopped` keeps the container down, and no policy restarts it now. */
  byUser?: boolean;
}
