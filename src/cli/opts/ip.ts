const decimal = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const dotted = new RegExp(`^${decimal}(?:\\.${decimal}){3}$`);

/** 4 or 6 for an address of that family, 0 for anything else. (node:net knows too, but takes longer to load than most commands run.) */
export function isIP(text: string): 0 | 4 | 6 {
  if (dotted.test(text)) return 4;
  return /^[0-9a-fA-F:.]+$/.test(text) && text.includes(":") && URL.canParse(`http://[${text}]`) ? 6 : 0;
}
