import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Metastore } from "../../../metastore/index.ts";
import { databaseProblems } from "./database.ts";

setDefaultTimeout(30_000);

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-database-"));
  path = join(directory, "state.db");
});
afterEach(() => rmSync(directory, { recursive: true }));

const problems = () => databaseProblems({ path }, new AbortController().signal);

test("a sound one is read beside its owner", async () => {
  const metastore = Metastore.open(path);
  metastore.table("images").put("id", {}, ["name"]);
  expect(await problems()).toEqual([]);
  metastore.close();
});

test("a name without a record is named", async () => {
  const metastore = Metastore.open(path);
  metastore.table("images").put("id", {}, ["app:1"]);
  metastore.close();
  using database = new Database(path);
  database.run("DELETE FROM documents");
  expect(await problems()).toEqual(["the name app:1 in images belongs to nothing"]);
});

test("what is no database is said to be none", async () => {
  writeFileSync(path, "text ".repeat(1000));
  expect(await problems()).toEqual(["file is not a database"]);
});
