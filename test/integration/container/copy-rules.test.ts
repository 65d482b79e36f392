/*
 * What `cp` makes of each kind of source and destination, with and without a slash at its end: the rules that
 * docker's documentation of `docker cp` and its command line have. Docker's own goes through the same table.
 */
import { expect, test } from "bun:test";
import { sleeping } from "../../support/containers.ts";
import { command } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { type Line, throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

interface Case {
  source: string;
  to: string;
  flags?: string[];
  /** What is new or different at the destination, as `show` writes it; or why nothing is. */
  becomes: string[] | RegExp;
}

const noDirectory = /no such (file or )?directory|not a directory|Could not find the file/;

const cases: Case[] = [
  { source: "f", to: "new", becomes: ["./new=F"] },
  { source: "f", to: "new/", becomes: noDirectory },
  { source: "f", to: "file", becomes: ["./file=F"] },
  { source: "f", to: "file/", becomes: noDirectory },
  { source: "f", to: "dir", becomes: ["./dir/f=F"] },
  { source: "f", to: "dir/", becomes: ["./dir/f=F"] },
  { source: "f", to: "dir/.", becomes: ["./dir/f=F"] },
  { source: "f", to: "missing/new", becomes: /does not exist|Could not find the file/ },
  { source: "f/", to: "new", becomes: noDirectory },
  { source: "f/.", to: "new", becomes: noDirectory },
  { source: "none", to: "new", becomes: noDirectory },
  { source: "d", to: "new", becomes: ["./new/", "./new/x=X"] },
  { source: "d", to: "new/", becomes: ["./new/", "./new/x=X"] },
  { source: "d", to: "file", becomes: /cannot copy directory/ },
  { source: "d", to: "dir", becomes: ["./dir/d/", "./dir/d/x=X"] },
  { source: "d", to: "dir/", becomes: ["./dir/d/", "./dir/d/x=X"] },
  { source: "d/", to: "dir", becomes: ["./dir/d/", "./dir/d/x=X"] },
  { source: "d/", to: "new", becomes: ["./new/", "./new/x=X"] },
  { source: "d/.", to: "dir", becomes: ["./dir/x=X"] },
  { source: "d/.", to: "dir/", becomes: ["./dir/x=X"] },
  { source: "d/.", to: "new", becomes: ["./new/", "./new/x=X"] },
  { source: "d/.", to: "new/.", becomes: noDirectory },
  { source: "d/.", to: "file", becomes: /cannot copy directory/ },
  { source: "lf", to: "new", becomes: ["./new->f"] },
  { source: "lf", to: "dir", becomes: ["./dir/lf->f"] },
  { source: "lf", to: "new", flags: ["-L"], becomes: ["./new=F"] },
  { source: "lf", to: "dir", flags: ["-L"], becomes: ["./dir/lf=F"] },
  { source: "ld", to: "new", becomes: ["./new->d"] },
  { source: "ld", to: "dir", flags: ["-L"], becomes: ["./dir/ld/", "./dir/ld/x=X"] },
  { source: "ld", to: "new", flags: ["-L"], becomes: ["./new/", "./new/x=X"] },
  { source: "ld/", to: "new", becomes: ["./new/", "./new/x=X"] },
  { source: "ld/.", to: "dir", becomes: ["./dir/x=X"] },
  { source: "f", to: "ldir", becomes: ["./dir/f=F"] },
  { source: "f", to: "lfile", becomes: ["./file=F"] },
  { source: "f", to: "broken", becomes: ["./gone=F"] },
  { source: "d", to: "ldir", becomes: ["./dir/d/", "./dir/d/x=X"] },
];

const sources = "mkdir -p src/d && cd src && printf F >f && printf X >d/x && ln -s f lf && ln -s d ld";
const targets = "mkdir dir && printf old >file && ln -s dir ldir && ln -s file lfile && ln -s gone broken";
const show =
  'for p in $(find . -mindepth 1 | sort); do if [ -L $p ]; then echo "$p->$(readlink $p)"; ' +
  'elif [ -d $p ]; then echo "$p/"; else echo "$p=$(cat $p)"; fi; done';

/** One side of the copies: runs scripts there and names its paths. */
interface Side {
  run(script: string): Promise<string>;
  path(below: string): string;
}

/** As few of the cases as have every source and every target. */
const halves = cases.filter(
  ({ source, to }, at) =>
    cases.findIndex((each) => each.source === source) === at ||
    cases.findIndex((each) => each.to === to) === at,
);

async function check(line: Line, from: Side, to: Side, cases: readonly Case[]): Promise<void> {
  await from.run(sources);
  const places = cases.map((_, at) => `t${at}`);
  await to.run(places.map((place) => `(mkdir ${place} && cd ${place} && ${targets})`).join("; "));
  const before = (await to.run(`cd t0; ${show}`)).split("\n");
  const results = await Promise.all(
    cases.map(({ source, to: target, flags = [] }, at) =>
      line.call(["cp", ...flags, from.path(`src/${source}`), to.path(`t${at}/${target}`)]),
    ),
  );
  const shown = await to.run(places.map((place) => `(cd ${place}; ${show}; echo /)`).join("; "));
  const all = shown.split(/^\/$/m);
  const found = cases.map(({ becomes, ...given }, at) => {
    const { code, stderr } = results[at]!;
    const different = all[at]!.split("\n").filter((each) => each !== "" && !before.includes(each));
    const asExpected = becomes instanceof RegExp ? becomes.test(stderr) : stderr === "";
    return { ...given, code, different, stderr: asExpected ? "as expected" : stderr };
  });
  const wanted = cases.map(({ becomes, ...given }) => {
    const [code, different] = becomes instanceof RegExp ? [1, []] : [0, becomes];
    return { ...given, code, different, stderr: "as expected" };
  });
  expect(found).toEqual(wanted);
}

throughBoth("cp's rules", fixture, (line) => {
  const local = (folder: Folder): Side => ({
    run: async (script) => (await command(["sh", "-c", `cd ${folder.path}; ${script}`])).stdout,
    path: (below) => `${folder.path}/${below}`,
  });
  const inside = (container: Awaited<ReturnType<typeof sleeping>>): Side => ({
    run: async (script) => (await container.exec(`mkdir -p /w; cd /w; ${script}`)).stdout,
    path: (below) => `${container.name}:/w/${below}`,
  });

  test("into a container", async () => {
    using folder = new Folder();
    await using container = await sleeping(line);
    await check(line, local(folder), inside(container), cases);
  });

  test("out of a container", async () => {
    using folder = new Folder();
    await using container = await sleeping(line);
    await check(line, inside(container), local(folder), cases);
  });

  // Each half of such a copy is one of those above.
  test.skipIf(line.name === "docker")("between containers", async () => {
    await using one = await sleeping(line);
    await using other = await sleeping(line);
    await check(line, inside(one), inside(other), halves);
  });
});
