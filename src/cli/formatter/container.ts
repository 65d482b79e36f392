import type { ContainerSummary } from "../../api/index.ts";
import { quote } from "../template/quote.ts";
import { ago } from "./duration.ts";
import { exposure, isExternal, openNetworks } from "./exposure.ts";
import { displayPorts } from "./ports.ts";
import type { Listing } from "./render.ts";
import { shortSize } from "./size.ts";
import { ellipsis, familiarName, labelList, shortId } from "./text.ts";
import { goTime } from "./time.ts";

const table =
  "table {{.ID}}\\t{{.Image}}\\t{{.Command}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Ports}}\\t{{.Names}}";

export interface ContainerListingOptions {
  readonly truncate: boolean;
  readonly size: boolean;
  /** Marks what other machines reach: for people, as docker's column has no such mark. */
  readonly mark?: ((text: string) => string) | undefined;
  /** Networks whose containers are reached by their own addresses. */
  readonly direct?: ReadonlySet<string>;
}

/** The columns of `ps`. */
export function containerListing(options: ContainerListingOptions): Listing<ContainerSummary> {
  const { truncate, mark, direct = new Set<string>() } = options;
  return {
    typeName: "*formatter.ContainerContext",
    table: options.size ? `${table}\\t{{.Size}}` : table,
    headings: {
      ...{ ID: "CONTAINER ID", Names: "NAMES", Image: "IMAGE", Command: "COMMAND", CreatedAt: "CREATED AT" },
      ...{ RunningFor: "CREATED", Ports: "PORTS", State: "STATE", Status: "STATUS", Size: "SIZE" },
      ...{ Labels: "LABELS", Mounts: "MOUNTS", LocalVolumes: "LOCAL VOLUMES", Networks: "NETWORKS" },
      ...{ Platform: "PLATFORM", Exposure: "EXPOSURE" },
    },
    row: (container) => ({
      ID: truncate ? shortId(container.Id) : container.Id,
      Names: names(container, truncate),
      Image: image(container, truncate),
      Command: quote(truncate ? ellipsis(container.Command, 20) : container.Command),
      CreatedAt: goTime(container.Created),
      RunningFor: ago(container.Created),
      Platform: platform(container),
      Ports: mark === undefined ? displayPorts(container.Ports ?? []) : marked(container, direct, mark),
      Exposure: exposure(container, direct),
      State: container.State,
      Status: container.Status,
      Size: size(container),
      Labels: labelList(container.Labels),
      Label: (name) => container.Labels?.[String(name)] ?? "",
      Mounts: mounts(container, truncate),
      LocalVolumes: String((container.Mounts ?? []).filter((mount) => mount.Driver === "local").length),
      Networks: Object.keys(container.NetworkSettings?.Networks ?? {}).join(","),
    }),
  };
}

function marked(
  container: ContainerSummary,
  direct: ReadonlySet<string>,
  mark: (text: string) => string,
): string {
  const ports = displayPorts(container.Ports ?? [], (text, ip) => (isExternal(ip) ? mark(text) : text));
  const open = openNetworks(container, direct).map((name) => mark(`${name} network`));
  return [ports, ...open].filter(Boolean).join(", ");
}

function names(container: ContainerSummary, truncate: boolean): string {
  const all = (container.Names ?? []).map((name) => name.replace(/^\//, ""));
  // A name with a slash in it is another container's link to this one.
  return truncate ? (all.find((name) => !name.includes("/")) ?? "") : all.join(",");
}

function image(container: ContainerSummary, truncate: boolean): string {
  if (container.Image === "") return "<no image>";
  if (!truncate) return container.Image;
  const id = shortId(container.ImageID);
  if (id === shortId(container.Image)) return id;
  return familiarName(container.Image.replace(/@sha256:[0-9a-f]{64}$/, ""));
}

function platform(container: ContainerSummary): string {
  const of = container.ImageManifestDescriptor?.platform;
  if (!of) return "";
  return [of.os, of.architecture, of.variant].filter(Boolean).join("/");
}

function size(container: ContainerSummary): string {
  const own = shortSize(container.SizeRw ?? 0);
  return container.SizeRootFs ? `${own} (virtual ${shortSize(container.SizeRootFs)})` : own;
}

function mounts(container: ContainerSummary, truncate: boolean): string {
  return (container.Mounts ?? [])
    .map((mount) => mount.Name || mount.Source)
    .map((name) => (truncate ? ellipsis(name, 15) : name))
    .join(",");
}
