/** A server of the web for ADD, with what a server may say of a file. */
export function serveFiles(context: string): AsyncDisposable & { readonly url: string } {
  const dated = { "Last-Modified": "Sat, 03 Feb 2001 04:05:06 GMT" };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/file": () => new Response("served\n", { headers: dated }),
      "/path/named.txt": () => new Response("named\n", { headers: dated }),
      "/undated": () => new Response("undated\n"),
      "/moved": () => Response.redirect("/file", 302),
      "/archive.tar.gz": () => new Response(Bun.file(`${context}/tree.tar.gz`), { headers: dated }),
    },
    fetch: () => new Response("not here", { status: 404 }),
  });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}
