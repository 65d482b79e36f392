import { wrong } from "../local-error.ts";

/** One registry's credential as the file keeps it. `auth` is base64 of `user:password`. */
export interface StoredAuth {
  auth?: string;
  username?: string;
  password?: string;
  identitytoken?: string;
  registrytoken?: string;
}

/** Proxies that containers get as environment variables. */
export interface ProxyValues {
  httpProxy?: string;
  httpsProxy?: string;
  noProxy?: string;
  ftpProxy?: string;
  allProxy?: string;
}

/** The keys of docker's `config.json` that mean something here. Others are kept as they are. */
export interface ConfigValues {
  auths?: Record<string, StoredAuth>;
  credsStore?: string;
  credHelpers?: Record<string, string>;
  HttpHeaders?: Record<string, string>;
  proxies?: Record<string, ProxyValues>;
  detachKeys?: string;
  psFormat?: string;
  imagesFormat?: string;
  networksFormat?: string;
  volumesFormat?: string;
  statsFormat?: string;
  pruneFilters?: string[];
  currentContext?: string;
  aliases?: Record<string, string>;
  [unknown: string]: unknown;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isMapOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value as object).every(check);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const shapes: readonly [description: string, check: Check, keys: readonly string[]][] = [
  [
    "a string",
    isText,
    [
      "credsStore",
      "detachKeys",
      "psFormat",
      "imagesFormat",
      "networksFormat",
      "volumesFormat",
      "statsFormat",
      "currentContext",
    ],
  ],
  ["a list of strings", isListOf(isText), ["pruneFilters"]],
  ["an object of strings", isMapOf(isText), ["HttpHeaders", "credHelpers", "aliases"]],
  ["an object of objects of strings", isMapOf(isMapOf(isText)), ["auths", "proxies"]],
];

/** Reads the text of a `config.json`. Throws and names the key that has the wrong shape; `null` counts as absent. */
export function parseValues(text: string): ConfigValues {
  if (text.trim() === "") return {};
  const parsed: unknown = JSON.parse(text);
  if (!isObject(parsed)) throw wrong("the file must hold a JSON object");
  const values = parsed as ConfigValues;
  for (const [description, check, keys] of shapes) {
    for (const key of keys) {
      if (values[key] === null) delete values[key];
      if (values[key] !== undefined && !check(values[key])) throw wrong(`"${key}" must be ${description}`);
    }
  }
  return values;
}
