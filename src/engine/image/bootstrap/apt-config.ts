import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** In place before the first package is: an interrupted bootstrap is thrown away, so nothing need be flushed. */
const speedup = { "etc/dpkg/dpkg.cfg.d/docker-apt-speedup": "force-unsafe-io\n" };

const cleanUp =
  '"rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true";';

/** As in Docker's official images: small layers, and nothing that starts by itself. */
const files: Readonly<Record<string, string>> = {
  ...speedup,
  // Nobody starts daemons while packages are installed.
  "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
  "etc/apt/apt.conf.d/docker-clean":
    `DPkg::Post-Invoke { ${cleanUp} };\nAPT::Update::Post-Invoke { ${cleanUp} };\n` +
    'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n',
  "etc/apt/apt.conf.d/docker-no-languages": 'Acquire::Languages "none";\n',
  "etc/apt/apt.conf.d/docker-gzip-indexes": 'Acquire::GzipIndexes "true";\n',
  "etc/apt/apt.conf.d/docker-autoremove-suggests": 'Apt::AutoRemove::SuggestsImportant "false";\n',
};

/** What dpkg shall know before the first package is installed. */
export const hastenDpkg = (root: string): Promise<void> => writeFiles(root, speedup);

/** What apt shall know in containers. */
export const configureApt = (root: string): Promise<void> => writeFiles(root, files);

/** Files by their paths below `root`. */
export async function writeFiles(root: string, texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, { mode: path.endsWith("policy-rc.d") ? 0o755 : 0o644 });
  }
}
