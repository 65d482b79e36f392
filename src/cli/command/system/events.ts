import type { EventMessage } from "../../../api/index.ts";
import { events } from "../../../client/system/events.ts";
import { command, noArguments } from "../../command.ts";
import { string } from "../../flags/kinds.ts";
import { filter } from "../../opts/filter.ts";
import { objectFormat } from "../../opts/format.ts";
import { moment } from "../../opts/moment.ts";
import { print } from "../../streams/print.ts";
import { compileTemplate, type Value } from "../../template/index.ts";

export default command({
  usage: "[OPTIONS]",
  arity: noArguments,
  flags: {
    filter: filter("Filter output based on conditions provided", { short: "f" }),
    format: objectFormat({}),
    since: string("Show all events created since timestamp"),
    until: string("Stream events until this timestamp"),
  },
  async run({ flags, connect }) {
    const show = presentation(flags.format);
    const { filter: filters, since, until } = flags;
    const stream = await events(await connect(), {
      since: moment(since),
      until: moment(until),
      filters,
    });
    for await (const event of stream) print(`${show(event)}\n`);
    return 0;
  },
});

function presentation(format: string): (event: EventMessage) => string {
  if (format === "") return plain;
  if (format === "json") return (event) => JSON.stringify(event);
  const template = compileTemplate(format);
  // Go's names of the deprecated fields differ from the wire's.
  return (event) => template.execute({ ...fields(event) } as Value);
}

function fields(event: EventMessage): Record<string, unknown> {
  const { status = "", id = "", from = "", scope, time, timeNano } = event;
  return { ...event, Status: status, ID: id, From: from, Scope: scope, Time: time, TimeNano: timeNano };
}

/** `2024-05-01T10:00:00.000000000Z container start ID (image=busybox, name=x)`. */
function plain(event: EventMessage): string {
  const attributes = Object.entries(event.Actor.Attributes ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort();
  const suffix = attributes.length === 0 ? "" : ` (${attributes.join(", ")})`;
  return `${timestamp(event)} ${event.Type} ${event.Action} ${event.Actor.ID}${suffix}`;
}

function timestamp(event: EventMessage): string {
  // As a double, timeNano has lost its last digits: the seconds are exact, the fraction is what is left.
  const nano = String(Math.max(0, Math.round(event.timeNano - event.time * 1e9)) % 1e9).padStart(9, "0");
  const date = new Date(event.time * 1000);
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  const zone = offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
  return `${local}.${nano}${zone}`;
}
