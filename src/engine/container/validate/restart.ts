import type { RestartPolicy } from "../../../api/index.ts";
import { invalid } from "../../../errors/index.ts";

/** Also used by `update`, which sends the policy alone. */
export function validateRestartPolicy(options: {
  RestartPolicy?: RestartPolicy | null;
  AutoRemove?: boolean;
}): void {
  const { Name = "", MaximumRetryCount = 0 } = options.RestartPolicy ?? {};
  switch (Name) {
    case "":
    case "no":
    case "always":
    case "unless-stopped":
      if (MaximumRetryCount !== 0) {
        throw invalid("invalid restart policy: maximum retry count can only be used with 'on-failure'");
      }
      break;
    case "on-failure":
      if (MaximumRetryCount < 0) {
        throw invalid("invalid restart policy: maximum retry count cannot be negative");
      }
      break;
    default:
      throw invalid(
        `invalid restart policy: unknown policy '${Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
      );
  }
  if (options.AutoRemove && Name !== "" && Name !== "no") {
    throw invalid("can't create 'AutoRemove' container with restart policy");
  }
}
