export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where the engine's rooms say what their operators should know. */
export type Log = (level: LogLevel, message: string) => void;
