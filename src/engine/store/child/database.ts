import { Database } from "bun:sqlite";
import { messageOf } from "../../../errors/index.ts";
import { answer } from "../../../layers/child/protocol.ts";
import type { DatabaseRequest } from "../check/database.ts";

const maxProblems = 20;

/** The child of `checkDatabase`. What cannot be read is a problem, no error. */
export async function run(args: string[]): Promise<number> {
  return await answer(args, async ({ path }: DatabaseRequest): Promise<string[]> => {
    try {
      using database = new Database(path, { readonly: true });
      const found = database
        .query<{ integrity_check: string }, []>(`PRAGMA integrity_check(${maxProblems})`)
        .all();
      const damage = found.map(({ integrity_check }) => integrity_check).filter((text) => text !== "ok");
      const lost = database
        .query<{ name: string; collection: string }, []>(
          "SELECT name, names.collection FROM names LEFT JOIN documents USING (collection, key) WHERE body IS NULL",
        )
        .all();
      return [
        ...damage,
        ...lost.map(({ name, collection }) => `the name ${name} in ${collection} belongs to nothing`),
      ];
    } catch (error) {
      return [messageOf(error)];
    }
  });
}
