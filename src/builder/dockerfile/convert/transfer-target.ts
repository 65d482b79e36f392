import type { FileAction } from "../../graph/index.ts";

type CopyAction = Extract<FileAction, { action: "copy" }>;

/** What all copies of one COPY or ADD have in common. */
export type Target = Pick<
  CopyAction,
  "destination" | "intoDirectory" | "owner" | "mode" | "exclude" | "replaceLinks"
>;
