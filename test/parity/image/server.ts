import { dirname, join } from "node:path";

/** As git's "dumb" protocol has it: files, of which the server makes nothing. */
const repository = `git init -q -b main work; cd work; git config user.email a@b; git config user.name a
mkdir folder; echo one > file; echo sub > folder/sub; ln -s folder/sub link; printf '#!/bin/sh\\n' > script; chmod 755 script
git add .; git commit -qm one; git tag v1; echo two > file; git commit -qam two
cd ..; git clone -q --bare work repository.git; git -C repository.git update-server-info; rm -rf work`;

/** A server of the web for ADD, with what a server may say of a file, and a git repository that it knows nothing of. */
export async function serveFiles(context: string): Promise<AsyncDisposable & { readonly url: string }> {
  const repositories = dirname(context);
  await Bun.$`sh -ec ${repository}`.cwd(repositories).quiet();
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
    async fetch({ url }) {
      const { pathname } = new URL(url);
      const file = Bun.file(join(repositories, pathname));
      if (pathname.startsWith("/repository.git/") && (await file.exists())) return new Response(file);
      return new Response("not here", { status: 404 });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}
