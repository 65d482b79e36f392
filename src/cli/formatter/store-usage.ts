import type { StoreUsage } from "../../api/index.ts";
import type { Client } from "../../client/client.ts";
import { storeUsage } from "../../client/store/usage.ts";
import { SlipwayError } from "../../errors/index.ts";
import { alignColumns } from "./columns.ts";
import { humanSize } from "./size.ts";

/** What the data root takes of the disk, for what, and together; nothing where Docker's engine answers. */
export async function storeSection(client: Client): Promise<string> {
  try {
    return describe(await storeUsage(client));
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "notFound") return "";
    throw error;
  }
}

function describe(usage: StoreUsage): string {
  const rows: [string, number][] = [
    ["Blobs (compressed)", usage.Blobs],
    ["Partial downloads", usage.PartialDownloads],
    ["Unpacked layers", usage.Layers],
    ["Containers and logs", usage.Containers],
    ["Local volumes", usage.Volumes],
    ["Metadata", usage.Metadata],
    ["Total", usage.Total],
  ];
  const table = rows.map(([name, bytes]) => `${name}\t${humanSize(bytes)}`);
  const free = `${humanSize(usage.FreeSpace)} of ${humanSize(usage.FileSystemSize)} are free`;
  return `\nDisk usage of ${usage.Root} (${free}):\n\n${alignColumns(["TYPE\tSIZE", ...table].join("\n"))}`;
}
