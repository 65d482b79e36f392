import { checkFilters, filterValues, matchesExactly, matchesLabels, matchesPrefix } from "../api/filters.ts";
import type { EventMessage, Filters } from "../api/index.ts";

const accepted = [
  "config",
  "container",
  "daemon",
  "event",
  "image",
  "label",
  "network",
  "node",
  "plugin",
  "scope",
  "secret",
  "service",
  "type",
  "volume",
];

/** Actions that carry an argument, as in `exec_start: ls`: the bare word finds them all. */
const actionsWithArgument = ["health_status", "exec_create", "exec_start"];

/** Objects whose events are chosen by the beginning of their id or name. */
const named = ["container", "daemon", "network", "volume", "plugin", "node", "service", "secret", "config"];

/** Makes the test for one subscription; a filter that nobody knows is an `invalid` error. */
export function eventFilter(filters: Filters): (event: EventMessage) => boolean {
  checkFilters(filters, accepted);
  return (event) =>
    matchesAction(filters, event.Action) &&
    matchesExactly(filters, "type", event.Type) &&
    matchesExactly(filters, "scope", event.scope) &&
    matchesLabels(filters, "label", event.Actor.Attributes) &&
    named.every((name) => matchesActor(filters, name, event)) &&
    matchesImage(filters, event);
}

function matchesAction(filters: Filters, action: string): boolean {
  const loose = filterValues(filters, "event").some((value) => actionsWithArgument.includes(value));
  return loose ? matchesPrefix(filters, "event", action) : matchesExactly(filters, "event", action);
}

/** Docker does not compare the event's type here: `container=x` also finds a volume event whose name is x. */
function matchesActor(filters: Filters, name: string, event: EventMessage): boolean {
  const { ID, Attributes } = event.Actor;
  return matchesPrefix(filters, name, ID) || matchesPrefix(filters, name, Attributes.name ?? "");
}

/** Events of an image and of the containers made from it, named with or without the tag. */
function matchesImage(filters: Filters, event: EventMessage): boolean {
  const { ID, Attributes } = event.Actor;
  const name = (event.Type === "image" ? Attributes.name : Attributes.image) ?? "";
  return [ID, name, withoutTag(ID), withoutTag(name)].some((text) => matchesExactly(filters, "image", text));
}

function withoutTag(reference: string): string {
  return reference.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
}
