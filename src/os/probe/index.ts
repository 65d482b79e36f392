/** Tries whether a network namespace reaches an address: by TCP, UDP or echo requests, without a process in it. */

export { probeEcho } from "./echo.ts";
export type { Outcome } from "./outcome.ts";
export { probeTcp } from "./tcp.ts";
export { probeUdp } from "./udp.ts";
