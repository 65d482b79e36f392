import { startChild } from "../../../layers/index.ts";
import type { Inspection } from "./inspection.ts";

export interface DatabaseRequest {
  readonly path: string;
}

/** The file of the records is sound, and every name in it belongs to a record. */
export async function checkDatabase(inspection: Inspection): Promise<void> {
  const { engine, signal } = inspection;
  inspection.progress("database", "Reading");
  for (const problem of await databaseProblems({ path: engine.paths.metastore }, signal)) {
    await inspection.found(
      { Subject: "database", Id: "state.db", Problem: problem },
      "stop the engine, and bring state.db back from a backup or mend it with 'sqlite3 state.db .recover'",
    );
  }
}

/** What is wrong with the file, in words; it is looked at by a child, beside whoever has it open. */
export function databaseProblems(request: DatabaseRequest, signal: AbortSignal): Promise<string[]> {
  return startChild<string[]>("store-database", request, { signal }).result;
}
