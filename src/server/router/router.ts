import type { Handler } from "../http/exchange.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS";

/** `[method, pattern, handler]`; a pattern is `/noun/verb`, `/noun/{name}` or `/noun/{name}/verb`. */
export type Route = readonly [method: Method, pattern: string, handler: Handler];

export interface Match {
  handler: Handler;
  /** What stands in the pattern's place, decoded. */
  name: string;
}

/**
 * Finds handlers by one or a few look-ups in maps. A name may hold slashes (`/images/library/debian/json`),
 * so the noun before it and the verb behind it are what is looked up. As in Docker, a path that exists with
 * other methods only counts as not found.
 */
export class Router {
  readonly #exact = new Map<string, Handler>();
  readonly #named = new Map<string, Handler>();

  constructor(routes: Iterable<Route>) {
    for (const [method, pattern, handler] of routes) {
      const at = pattern.indexOf("{name}");
      const [table, key] = at < 0 ? [this.#exact, pattern] : [this.#named, pattern];
      if (table.has(`${method} ${key}`)) throw new Error(`two routes for ${method} ${pattern}`);
      table.set(`${method} ${key}`, handler);
    }
  }

  /** `path` has no version and no query. */
  find(method: string, path: string): Match | undefined {
    const exact = this.#exact.get(`${method} ${path}`);
    if (exact !== undefined) return { handler: exact, name: "" };
    const noun = path.indexOf("/", 1);
    if (noun < 0) return undefined;
    const verb = path.lastIndexOf("/");
    const longVerb = path.lastIndexOf("/", verb - 1);
    return (
      this.#try(method, path, noun, longVerb) ??
      this.#try(method, path, noun, verb) ??
      this.#try(method, path, noun, path.length)
    );
  }

  #try(method: string, path: string, noun: number, verb: number): Match | undefined {
    if (verb <= noun + 1) return undefined;
    const handler = this.#named.get(`${method} ${path.slice(0, noun)}/{name}${path.slice(verb)}`);
    const name = handler === undefined ? undefined : decodeName(path.slice(noun + 1, verb));
    return handler === undefined || name === undefined ? undefined : { handler, name };
  }
}

/** Undefined when the escapes are not UTF-8: there is no such name. */
function decodeName(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
