/** What node:http passes to Bun.serve for each request's head; the rest of what it passes is its own affair. */
interface NodeServeOptions {
  onNodeHTTPRequest?: (
    server: unknown,
    url: string,
    method: string,
    traits: number,
    ...rest: unknown[]
  ) => unknown;
}

/** In a head's traits: there is an Upgrade header, and a Connection header that names it. */
const ASKS_TO_UPGRADE = 0b110;
const HAS_TRANSFER_ENCODING = 0x80;

const hijacked = /^(?:\/v[\d.]+)?\/(?:containers\/[^?]+\/(attach)|exec\/[^?]+\/start)(?:\?|$)/;

/**
 * Runs `listen`, which starts a node:http server, so that the server hands the connections of `POST attach` and
 * `POST exec start` over as if their clients had asked to upgrade ("upgrade" event). Docker hijacks these
 * connections in any case, and the parser must let go of one while it is at the request's head: what the client
 * sends next is a program's input, which it would take for another request. An attach with a body in chunks is
 * left alone, for there the body is the input. (One with a length is not: dockerode sends its options there.)
 */
export function handingOver(listen: () => void): void {
  const { serve } = Bun;
  const replace = (value: unknown) => Object.assign(Bun, { serve: value });
  replace((options: NodeServeOptions) => serve(marking(options) as Parameters<typeof serve>[0]));
  try {
    listen();
  } finally {
    replace(serve);
  }
}

/** node:http has no setting for this, so the head's traits are changed on their way to it. */
function marking(options: NodeServeOptions): NodeServeOptions {
  const dispatch = options.onNodeHTTPRequest;
  if (dispatch === undefined) throw new Error("this Bun's node:http starts its server in another way");
  return {
    ...options,
    onNodeHTTPRequest: (server, url, method, traits, ...rest) => {
      const marked = method === "POST" && isHijacked(url, traits) ? traits | ASKS_TO_UPGRADE : traits;
      return dispatch(server, url, method, marked, ...rest);
    },
  };
}

function isHijacked(url: string, traits: number): boolean {
  const match = hijacked.exec(url);
  return match !== null && (match[1] === undefined || (traits & HAS_TRANSFER_ENCODING) === 0);
}
