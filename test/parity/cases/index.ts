import { addCases } from "./add.ts";
import type { Cases } from "./case.ts";
import { configCases } from "./config.ts";
import { copyCases } from "./copy.ts";
import { languageCases } from "./language.ts";
import { newerCases } from "./newer.ts";
import { runCases } from "./run.ts";

export const cases: Cases = {
  ...copyCases,
  ...addCases,
  ...runCases,
  ...configCases,
  ...languageCases,
  ...newerCases,
};
