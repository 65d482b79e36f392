export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface ForwardOptions {
  readonly listen: Endpoint;
  readonly target: Endpoint;
  /** Told of what happens to it afterwards. */
  readonly onFailure: (error: unknown) => void;
}

export interface Forwarder {
  /** Ends it, with all that goes through it. */
  close(): void;
}
