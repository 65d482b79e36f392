/**
 * rtnetlink(7): links, addresses and routes of a network namespace, without a child process. Requests are
 * values made by `createBridge`, `setLink`, `addAddress` …; `RouteSocket.transact` sends any number of them
 * in one system call. Failures are SlipwayErrors of kind `system` that carry the kernel's errno.
 */

export { type AddressOptions, addAddress, type InterfaceAddress, removeAddress } from "./address.ts";
export { createBridge, createVeth, filterBridge } from "./bridge.ts";
export { addressBytes, addressText, type Family } from "./ip.ts";
export {
  deleteLink,
  type LinkSettings,
  moveLink,
  renameLink,
  setLink,
} from "./link.ts";
export { forgetNeighbour, type Neighbour } from "./neighbour.ts";
export type { Link } from "./parse-link.ts";
export {
  addRoute,
  deleteRoute,
  type ResolvedRoute,
  type Route,
  type RouteSettings,
  replaceRoute,
} from "./route.ts";
export { RouteSocket } from "./route-socket.ts";
export { type NetlinkRequest, NetlinkSocket } from "./socket.ts";
export {
  createDummy,
  createIpvlan,
  createMacvlan,
  createVlan,
  type IpvlanFlag,
  type IpvlanMode,
  type MacvlanMode,
  type UpperSettings,
} from "./upper.ts";
