import type { NetworkGraph } from "../../../api/index.ts";

export type GraphNetwork = NetworkGraph["Networks"][number];
export type GraphContainer = NetworkGraph["Containers"][number];
export type GraphPort = GraphContainer["Ports"][number];

/** A container's end in a network. */
export interface Membership {
  readonly network: GraphNetwork;
  readonly container: GraphContainer;
  readonly endpoint: GraphContainer["Endpoints"][number];
}

/** Networks that containers can be attached to: not those that stand for the host's, and for none. */
export const isAttachable = ({ Driver }: GraphNetwork): boolean => Driver !== "host" && Driver !== "null";

/** Every container's ends, in the order of the containers. */
export function memberships({ Networks, Containers }: NetworkGraph): Membership[] {
  const networks = new Map(Networks.flatMap((one) => [[one.Id, one] as const, [one.Name, one] as const]));
  return Containers.flatMap((container) =>
    container.Endpoints.flatMap((endpoint) => {
      const network = networks.get(endpoint.Network);
      return network === undefined || !isAttachable(network) ? [] : [{ network, container, endpoint }];
    }),
  );
}

/** Whether published ports lead in by this end: by the network that leads out, or the first. They are drawn once. */
export function hasPorts({ container: { Endpoints, Ports }, endpoint }: Membership): boolean {
  return Ports.length > 0 && endpoint === (Endpoints.find(({ Gateway }) => Gateway) ?? Endpoints[0]);
}

/** `0.0.0.0:8080 → 80/tcp` */
export function portText({ HostIp, HostPort, ContainerPort, Protocol }: GraphPort): string {
  const host = HostIp.includes(":") ? `[${HostIp}]` : HostIp;
  return `${host}:${HostPort} → ${ContainerPort}/${Protocol}`;
}

/** What a network allows, in a few words. */
export function networkTraits({ Internal, InterContainer, Outbound }: GraphNetwork): string[] {
  const inner = InterContainer ? "containers reach each other" : "containers are apart";
  if (Internal) return [inner, "internal"];
  return [inner, Outbound ? "reaches outside" : "no way out"];
}

/** Where a container is that has a network of no user's: on the host's, on none, on another container's. */
export function modeText({ Mode = "" }: GraphContainer, { Containers }: NetworkGraph): string {
  if (Mode === "") return "no network";
  if (Mode === "host") return "the host's network: its ports are the host's";
  if (Mode === "none") return "no network";
  const name = Mode.replace(/^container:/, "").replace(/^\//, "");
  const owner = Containers.find(({ Id, Name }) => Id === name || Name === name || Id.startsWith(name));
  return `the network of ${owner?.Name ?? name}`;
}
