/** Styles text on a terminal: codes of "select graphic rendition" (ECMA-48, 8.3.117). */
export const sgr =
  (...codes: (number | string)[]) =>
  (text: string): string =>
    `\x1b[${codes.join(";")}m${text}\x1b[0m`;
