import type { Step } from "./step.ts";

const clause = /^[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+$/;

/** Octal up to 7777, or symbolic as chmod(1) has it. */
export function checkMode(step: Step, mode: string): void {
  if (mode === "") return;
  const octal = /^[0-7]+$/.test(mode);
  if (octal && Number.parseInt(mode, 8) <= 0o7777) return;
  if (!octal && mode.split(",").every((part) => clause.test(part))) return;
  if (/^\d/.test(mode)) {
    const what = `invalid chmod parameter: '${mode}'`;
    step.fail(`${what}. it should be octal string and between 0 and 07777`);
  }
  step.fail(`invalid chmod parameter: '${mode}'. it should be octal, or symbolic such as u=rwX,go=rX`);
}
