const decimal = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/** An amount of bytes with `digits` significant digits and units of 1000, as docker shows sizes: `4.26MB`. */
export function humanSize(bytes: number, digits = 4): string {
  return scaled(bytes, 1000, decimal, digits);
}

/** As `humanSize`, with three digits, for disk usage and images. */
export const shortSize = (bytes: number): string => humanSize(bytes, 3);

/** An amount of memory in units of 1024: `1.944GiB`. */
export function binarySize(bytes: number): string {
  return scaled(bytes, 1024, binary, 4);
}

function scaled(bytes: number, base: number, units: readonly string[], digits: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= base && unit < units.length - 1) {
    size /= base;
    unit++;
  }
  return `${general(size, digits)}${units[unit]}`;
}

/** C's `%.4g` for the range that occurs here: trailing zeros are dropped. */
function general(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  if (!text.includes("e")) return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  const [mantissa = "", exponent = ""] = text.split("e");
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${mantissa.replace(/\.?0+$/, "")}e${sign}${exponent.replace(/^[+-]/, "").padStart(2, "0")}`;
}
