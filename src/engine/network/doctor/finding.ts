import type { NetworkDoctorHop } from "../../../api/index.ts";

type HopName = NetworkDoctorHop["Hop"];

/** What a hop's test found. */
export const ok = (Hop: HopName, Detail: string): NetworkDoctorHop => ({ Hop, Status: "ok", Detail });

export const skipped = (Hop: HopName, Detail: string): NetworkDoctorHop => ({
  Hop,
  Status: "skipped",
  Detail,
});

export const warning = (Hop: HopName, Detail: string, Remedy?: string): NetworkDoctorHop => ({
  ...{ Hop, Status: "warning", Detail },
  ...(Remedy === undefined ? {} : { Remedy }),
});

export const failed = (Hop: HopName, Detail: string, Remedy: string): NetworkDoctorHop => ({
  ...{ Hop, Status: "failed", Detail, Remedy },
});

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
