/** A time as Docker writes it for volumes: RFC3339 in UTC, to the second. */
export const rfc3339 = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, "Z");
