import type { BuildLog } from "./log.ts";
import type { View } from "./view.ts";

/** What the engine tells, a line of JSON each, as it is: BuildKit's SolveStatus. (moby/buildkit client/graph.go) */
export function rawView(log: BuildLog, write: (text: string) => void): View {
  return {
    show(status) {
      log.update(status);
      write(`${JSON.stringify(status)}\n`);
    },
    end() {},
  };
}
