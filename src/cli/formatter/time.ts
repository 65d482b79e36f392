/** Seconds since the epoch in local time, as Go prints a time: `2024-05-01 10:00:00 +0200 CEST`. */
export function goTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const offset = -date.getTimezoneOffset();
  const two = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const size = Math.abs(offset);
  return `${day} ${time} ${offset < 0 ? "-" : "+"}${two(size / 60)}${two(size % 60)} ${zone(date, offset)}`;
}

function zone(date: Date, offset: number): string {
  if (offset === 0) return "UTC";
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(date);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

/** A time of the API (RFC 3339) as Go prints it, in its own zone: `2024-05-01 08:00:00.25 +0000 UTC`. */
export function goTimeOf(text: string): string {
  const match = /^(\S+)T([\d:]+)(\.\d+)?(?:Z|([+-]\d\d):(\d\d))$/.exec(text);
  if (match === null) return text;
  const [, day, time, fraction = "", hours, minutes] = match;
  const zone = hours === undefined ? "+0000 UTC" : `${hours}${minutes} ${hours}${minutes}`;
  return `${day} ${time}${fraction.replace(/\.?0+$/, "")} ${zone}`;
}
