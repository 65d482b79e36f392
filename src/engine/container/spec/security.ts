import { invalid } from "../../../errors/index.ts";

/** `--security-opt`, taken apart. */
export interface SecurityOptions {
  noNewPrivileges: boolean;
  /** `unconfined`, `builtin`, or a profile's JSON. */
  seccomp?: string;
  apparmor?: string;
  labels: string[];
  systempathsUnconfined: boolean;
  writableCgroups?: boolean;
}

/** Accepts `name=value` and the older `name:value`. */
export function parseSecurityOptions(options: readonly string[]): SecurityOptions {
  const result: SecurityOptions = { noNewPrivileges: false, labels: [], systempathsUnconfined: false };
  for (const option of options) {
    const match = /^([a-z-]+)(?:[=:](.*))?$/s.exec(option);
    if (match === null) throw invalid(`invalid --security-opt: ${JSON.stringify(option)}`);
    const [, name = "", value] = match;
    apply(result, name, value, option);
  }
  return result;
}

function apply(result: SecurityOptions, name: string, value: string | undefined, option: string): void {
  const required = (): string => {
    if (value === undefined || value === "")
      throw invalid(`invalid --security-opt: ${JSON.stringify(option)}`);
    return value;
  };
  switch (name) {
    case "no-new-privileges":
      result.noNewPrivileges = boolean(value ?? "true", option);
      return;
    case "seccomp":
      result.seccomp = required();
      return;
    case "apparmor":
      result.apparmor = required();
      return;
    case "label":
      result.labels.push(required());
      return;
    case "systempaths":
      if (value !== "unconfined") throw invalid(`invalid --security-opt: ${JSON.stringify(option)}`);
      result.systempathsUnconfined = true;
      return;
    case "writable-cgroups":
      result.writableCgroups = boolean(required(), option);
      return;
    default:
      throw invalid(`invalid --security-opt 2: ${JSON.stringify(option)}`);
  }
}

function boolean(value: string, option: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw invalid(`invalid --security-opt: ${JSON.stringify(option)}: use true or false`);
}
