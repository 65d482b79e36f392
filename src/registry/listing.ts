import { invalid } from "../errors/index.ts";
import type { Reply } from "./exchange.ts";
import { failureOf, parseObject } from "./failure.ts";
import { maxAnswer } from "./limits.ts";
import { nextPage } from "./location.ts";
import type { Session } from "./session.ts";

const maxPages = 10_000;

/** Every page of a list: its document. A page that says no is an error. */
export async function* pages(
  session: Session,
  path: string,
  scopes: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ reply: Reply; document: Record<string, unknown> }> {
  let next: string | URL | undefined = path;
  for (let page = 0; next !== undefined; page++) {
    if (page === maxPages) throw invalid(`${session.endpoint.host} lists without an end`);
    const reply: Reply = await session.request({ method: "GET", path: next, scopes, signal });
    if (reply.status !== 200) throw await failureOf(reply);
    const document = parseObject(new TextDecoder().decode(await reply.bytes(maxAnswer)));
    if (document === undefined)
      throw invalid(
        `${reply.url.host} answered with ${reply.headers.get("content-type") ?? "something"} instead of a list: is it a registry?`,
      );
    yield { reply, document };
    next = nextPage(reply);
  }
}

/** Tags, page by page. */
export async function* listTags(session: Session, name: string, signal: AbortSignal): AsyncGenerator<string> {
  const scopes = [`repository:${name}:pull`];
  for await (const { document } of pages(session, `${name}/tags/list?n=1000`, scopes, signal)) {
    const { tags } = document;
    if (Array.isArray(tags)) yield* tags.filter((tag) => typeof tag === "string");
  }
}
