import { apiVersion } from "../../api/index.ts";
import { productVersion } from "../../api/product.ts";

/** What every answer carries; clients negotiate the API version by it. */
export const commonHeaders: Readonly<Record<string, string>> = {
  "Api-Version": apiVersion,
  "Docker-Experimental": "false",
  Ostype: "linux",
  Server: `Slipway/${productVersion} (linux)`,
};

/** The same as lines of a response's head, for answers that leave HTTP. */
export const commonHeaderLines: string = Object.entries(commonHeaders)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join("");
