import { expect, test } from "bun:test";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slim } from "./slim.ts";
import { plant } from "./testing.ts";

test("manuals, documents and translations go; copyrights and what dpkg's rules keep stay", async () => {
  const root = mkdtempSync(join(tmpdir(), "slipway-slim-"));
  try {
    const kept = [
      "etc/passwd",
      "usr/share/doc/a/copyright",
      "usr/share/doc/kept-link/copyright",
      "usr/share/groff/1/m.tmac",
      "usr/share/locale/currency/usd",
      "usr/share/locale/locale.alias",
    ];
    const gone = [
      "usr/share/doc/a/README.gz",
      "usr/share/doc/only/changelog.gz",
      "usr/share/info/a.info.gz",
      "usr/share/lintian/overrides/a",
      "usr/share/locale/de/LC_MESSAGES/a.mo",
      "usr/share/man/de/man1/a.1.gz",
      "usr/share/man/man1/a.1.gz",
    ];
    const links = {
      "usr/share/doc/a/to-readme": "->README.gz",
      "usr/share/doc/b": "->a",
      "usr/share/doc/links/absolute": "->/usr/share/doc/only",
      "usr/share/doc/links/through": "->../only/changelog.gz",
      "etc/alternatives/awk.1.gz": "->/usr/share/man/man1/a.1.gz",
      "usr/share/man/man1/awk.1.gz": "->/etc/alternatives/awk.1.gz",
    };
    plant(root, { ...Object.fromEntries([...kept, ...gone].map((path) => [path, "text"])), ...links });
    await slim(root);
    const files = [...new Bun.Glob("**").scanSync({ cwd: root, onlyFiles: false, dot: true })].filter(
      (path) => !lstatSync(join(root, path)).isDirectory(),
    );
    expect(files.toSorted()).toEqual(
      [...kept, "etc/alternatives/awk.1.gz", "etc/dpkg/dpkg.cfg.d/docker", "usr/share/doc/b"].toSorted(),
    );
    // Empty directories go with their files, but for those that update-alternatives wants.
    expect(readdirSync(join(root, "usr/share/doc")).toSorted()).toEqual(["a", "b", "kept-link"]);
    expect(readdirSync(join(root, "usr/share/man"))).toEqual(["man1"]);
    const rules = readFileSync(join(root, "etc/dpkg/dpkg.cfg.d/docker"), "utf8");
    expect(rules).toContain("\npath-exclude /usr/share/man/*\n");
    expect(rules.indexOf("path-include /usr/share/doc/*/copyright")).toBeGreaterThan(
      rules.lastIndexOf("path-exclude"),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});
