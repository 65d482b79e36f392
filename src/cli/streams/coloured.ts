import { isTerminal } from "./terminal.ts";

/** Whether what we print may be coloured: on a terminal, unless NO_COLOR is set (no-color.org). */
export const isColoured = (): boolean => isTerminal(1) && !process.env.NO_COLOR;
