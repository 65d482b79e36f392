import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deb822Sources, hostSources, oneLineSources } from "./apt-sources.ts";
import { hostMirrors } from "./mirrors.ts";

const oneLine = `
# deb http://old.example/debian bookworm main
deb http://m.example/debian bookworm main contrib # ours
deb [arch=amd64 signed-by=/k.gpg] http://m.example/debian/ bookworm-updates main
deb-src http://m.example/debian bookworm main
`;
const deb822 = `Types: deb deb-src
# the archive of a day
URIs: http://a.example/ubuntu
 http://b.example/ubuntu/
Suites: noble noble-updates
Components: main
 universe
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

Enabled: no
Types: deb
URIs: http://off.example/ubuntu
Suites: noble
Components: main

types: deb
uris: http://s.example/ubuntu
suites: noble-security
components: main
`;

describe("the host's sources", () => {
  test("in the one-line style", () => {
    const uri = "http://m.example/debian/";
    expect(oneLineSources(oneLine)).toEqual([
      { uri, suites: ["bookworm"], components: ["main", "contrib"] },
      { uri, suites: ["bookworm-updates"], components: ["main"] },
    ]);
  });

  test("in the deb822 style", () => {
    const common = { suites: ["noble", "noble-updates"], components: ["main", "universe"] };
    expect(deb822Sources(deb822)).toEqual([
      { uri: "http://a.example/ubuntu/", ...common },
      { uri: "http://b.example/ubuntu/", ...common },
      { uri: "http://s.example/ubuntu/", suites: ["noble-security"], components: ["main"] },
    ]);
  });

  test("are read in apt's order, those over HTTP alone", async () => {
    const etc = mkdtempSync(join(tmpdir(), "slipway-apt-"));
    try {
      expect(await hostSources(etc)).toEqual([]);
      mkdirSync(join(etc, "sources.list.d"));
      writeFileSync(join(etc, "sources.list.d", "b.sources"), deb822);
      writeFileSync(join(etc, "sources.list.d", "a.list"), "deb cdrom:[disc]/ noble main\n");
      writeFileSync(join(etc, "sources.list.d", "c.list.save"), oneLine);
      writeFileSync(join(etc, "sources.list"), oneLine);
      expect((await hostSources(etc)).map(({ uri }) => new URL(uri).host)).toEqual([
        "m.example",
        "m.example",
        "a.example",
        "b.example",
        "s.example",
      ]);
    } finally {
      rmSync(etc, { recursive: true });
    }
  });
});

describe("the host's mirrors", () => {
  const debian = { name: "debian" as const };

  test("are those of its own suite, not those of somebody else's packages for it", () => {
    const others = oneLineSources(
      "deb https://apt.vendor.example bookworm main\ndeb https://pool.example/pg bookworm-pg main\n",
    );
    const security = oneLineSources("deb http://s.example/debian-security bookworm-security main\n");
    const sources = [...others, ...oneLineSources(oneLine), ...security];
    expect(hostMirrors(sources, debian, "bookworm")).toEqual({
      main: "http://m.example/debian/",
      security: "http://s.example/debian-security/",
    });
    expect(hostMirrors(others, debian, "bookworm")).toEqual({});
  });

  test("need no updates when they are the distribution's by name", () => {
    const sources = oneLineSources("deb http://m.example/debian sid main\n");
    expect(hostMirrors(sources, debian, "sid")).toEqual({ main: "http://m.example/debian/" });
    expect(hostMirrors(sources, debian, "bookworm")).toEqual({});
  });
});
