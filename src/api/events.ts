export interface EventMessage {
  /** Deprecated duplicates of Action and Actor that old clients read; containers and images only. */
  status?: string;
  id?: string;
  from?: string;
  Type: "container" | "image" | "volume" | "network" | "daemon" | "builder" | "plugin";
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  scope: "local";
  /** Seconds since the epoch. */
  time: number;
  timeNano: number;
}
