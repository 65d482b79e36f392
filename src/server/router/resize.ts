import { invalid } from "../../errors/index.ts";
import type { Exchange } from "../http/exchange.ts";

const MAX_CELLS = 65_535;

/** The parameters `h` and `w`, in characters; a terminal keeps each in 16 bits. */
export function terminalSize(exchange: Exchange): { height: number; width: number } {
  return { height: cells(exchange, "h", "height"), width: cells(exchange, "w", "width") };
}

function cells(exchange: Exchange, name: string, what: string): number {
  const value = exchange.query.string(name) ?? "";
  if (!/^\d+$/.test(value) || Number(value) > MAX_CELLS) {
    throw invalid(`invalid resize ${what} "${value}": '${name}' must be a number from 0 to ${MAX_CELLS}`);
  }
  return Number(value);
}
