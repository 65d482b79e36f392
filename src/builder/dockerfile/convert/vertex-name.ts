import { formatPlatform } from "../../../oci/platform.ts";
import { ExpansionError, type Lexer, type Variables } from "../expand/index.ts";
import type { StageState } from "./stage-state.ts";

/** `[linux/arm64 build 2/5] RUN make`: counts a step of a stage. What is no stage has no prefix. */
export function prefixed(state: StageState, text: string, withPlatform: boolean, onbuild = false): string {
  if (state.total === 0) return text;
  state.done++;
  const platform = withPlatform && state.platform !== undefined ? `${formatPlatform(state.platform)} ` : "";
  const label = state.label === "" ? "" : `${state.label} `;
  const step = String(state.done).padStart(String(state.total).length);
  return `[${platform}${label}${step}/${state.total}] ${onbuild ? "ONBUILD " : ""}${text}`;
}

/** An instruction as people see it: its keyword in capitals, variables replaced where they can be. */
export function shown(code: string, lexer: Lexer, variables: Variables): string {
  return capitalized(expanded(code, lexer, variables));
}

function expanded(code: string, lexer: Lexer, variables: Variables): string {
  try {
    return lexer.expand(code, variables).text;
  } catch (error) {
    // It is for people only: what cannot be expanded is shown as it is written.
    if (error instanceof ExpansionError) return code;
    throw error;
  }
}

const capitalized = (text: string): string => text.replace(/^[^ ]*/, (keyword) => keyword.toUpperCase());

/** The first line of a document. */
export function summary(content: string): string {
  const lines = content.trim().split(/\r?\n/);
  return `${lines[0]}${lines.length > 1 ? "..." : ""}`;
}
