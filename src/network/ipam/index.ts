/**
 * Which addresses networks and their containers have. Addresses of both families are numbers here, so that a /64 is
 * as easily handled as a /24; everybody else has them as text.
 */
export { AddressPool } from "./address-pool.ts";
export { chooseSubnet, holderOnHost, interfaceAddress } from "./host.ts";
export { checkFree, holderOf, type Occupied } from "./occupied.ts";
export {
  type Address,
  canonicalAddress,
  contains,
  formatAddress,
  formatSubnet,
  overlap,
  parseAddress,
  parseInterfaceAddress,
  parseSubnet,
  type Subnet,
  sizeOf,
} from "./subnet.ts";
export { defaultSubnetBlocks, type SubnetBlock } from "./subnet-pool.ts";
