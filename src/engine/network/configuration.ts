import type { NetworkCreateRequest } from "../../api/index.ts";
import { forbidden, notFound } from "../../errors/index.ts";
import { canonicalAddress, formatSubnet } from "../../network/index.ts";
import type { EngineContext } from "../context.ts";
import { checkBlocks } from "./check-blocks.ts";
import type { NetworkDefinition } from "./definition.ts";

/** A network that is nothing but settings for others (`--config-only`): nothing is made of it. */
export function configured(network: NetworkDefinition, request: NetworkCreateRequest): NetworkDefinition {
  if (request.ConfigFrom?.Network) {
    throw forbidden("a configuration network cannot depend on another configuration network");
  }
  if (request.Ingress || request.Internal || request.Attachable || request.Scope) {
    throw forbidden(
      "configuration network can only contain network specific fields. Network operator fields like " +
        "[ ingress | internal | attachable | scope ] are not supported.",
    );
  }
  const blocks = checkBlocks(request.IPAM?.Config ?? []);
  return {
    ...network,
    configOnly: true,
    ipv4: request.EnableIPv4 ?? true,
    ipv6: request.EnableIPv6 ?? blocks.some(({ subnet }) => subnet.family === 6),
    ipamOptions: request.IPAM?.Options ?? null,
    blocks: blocks.map(({ subnet, range, gateway, auxiliary }) => ({
      subnet: formatSubnet(subnet),
      ...(range === undefined ? {} : { range: formatSubnet(range) }),
      ...(gateway === undefined ? {} : { gateway: canonicalAddress(gateway) }),
      ...(Object.keys(auxiliary).length === 0 ? {} : { auxiliary }),
    })),
    options: request.Options ?? {},
    labels: request.Labels ?? {},
  };
}

/** The request with the settings of the network that `--config-from` names; it must have none of its own. */
export function fromConfiguration(
  { networks }: Pick<EngineContext, "networks">,
  request: NetworkCreateRequest,
): NetworkCreateRequest {
  const name = request.ConfigFrom?.Network ?? "";
  const source = networks.named(name);
  const { IPAM, EnableIPv4, EnableIPv6, Labels, Options } = request;
  if (Object.keys(Options ?? {}).length > 0) {
    throw forbidden(
      "network driver options are not supported if the network depends on a configuration network",
    );
  }
  const hasOwn =
    EnableIPv4 === false ||
    EnableIPv6 === true ||
    Object.keys(Labels ?? {}).length > 0 ||
    Object.keys(IPAM?.Options ?? {}).length > 0 ||
    (IPAM?.Config ?? []).length > 0;
  if (hasOwn) {
    throw forbidden(
      "user-specified configurations are not supported if the network depends on a configuration network",
    );
  }
  if (!source?.configOnly) throw notFound(`configuration network "${name}" does not exist`);
  return {
    ...request,
    EnableIPv4: source.ipv4,
    EnableIPv6: source.ipv6,
    Labels: source.labels,
    Options: source.options,
    IPAM: {
      Driver: source.ipamDriver,
      Options: source.ipamOptions,
      Config: source.blocks.map(({ subnet, range, gateway, auxiliary }) => ({
        Subnet: subnet,
        ...(range === undefined ? {} : { IPRange: range }),
        ...(gateway === undefined ? {} : { Gateway: gateway }),
        ...(auxiliary === undefined ? {} : { AuxiliaryAddresses: { ...auxiliary } }),
      })),
    },
  };
}
