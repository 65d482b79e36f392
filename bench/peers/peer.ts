/** A container engine under measurement: started in roots of its own, driven by its own command line. */
export interface Peer {
  readonly name: "slipway" | "docker" | "podman";
  /** A folder that the command line of each of its processes names. */
  readonly root: string;
  /** argv of one of its commands. */
  command(...args: string[]): string[];
  version: string;
  stop(): Promise<void>;
}
