#!/usr/bin/env bun
/**
 * npm test -- conformance PATH: the OCI's own conformance suite against the engine's registry, plain and with TLS and a
 * password. PATH is the folder `conformance` of github.com/opencontainers/distribution-spec, which Go 1.24 builds, or
 * the program that was built of it. No registry of packages has it, so that npm test alone leaves it out.
 */
import { statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { TestEngine } from "../test/support/engine.ts";
import { Folder } from "../test/support/folder.ts";
import { certify, htpasswd } from "../test/support/registry.ts";

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error("usage: npm test -- conformance FOLDER|PROGRAM");
  process.exit(2);
}

/** Digests are sha256 here; content of other algorithms is optional (image-spec, descriptor.md). */
const offered = { OCI_VERSION: "stable", OCI_DATA_SHA512: "false" };
/** What is optional and offered all the same. */
const optional = {
  OCI_API_BLOBS_UPLOAD_CANCEL: "true",
  OCI_API_BLOBS_DIGEST_HEADER: "true",
  OCI_API_MANIFESTS_DIGEST_HEADER: "true",
};

using folder = new Folder();
const program = await build(resolve(path));
await certify(folder);
writeFileSync(folder.join("users"), await htpasswd({ alice: "wonder:land" }));
const secure = [
  `--registry-tls-cert=${folder.join("registry.crt")}`,
  `--registry-tls-key=${folder.join("registry.key")}`,
  `--registry-htpasswd=${folder.join("users")}`,
];
const login = { OCI_USERNAME: "alice", OCI_PASSWORD: "wonder:land" };
const https = { OCI_TLS: "enabled", SSL_CERT_FILE: folder.join("ca.crt"), ...login };
const statuses = [await conforms([], { OCI_TLS: "disabled" }), await conforms(secure, https)];
process.exitCode = Math.max(...statuses);

async function build(from: string): Promise<string> {
  if (!statSync(from).isDirectory()) return from;
  const built = folder.join("conformance");
  await Bun.$`go build -o ${built} .`.cwd(from);
  return built;
}

/** The suite's exit status. What fails is on standard error, one line each; its summary on the output. */
async function conforms(flags: readonly string[], how: Record<string, string>): Promise<number> {
  const engine = await TestEngine.start({
    flags: ["--registry-listen=127.0.0.1:0", "--registry-writable", ...flags],
  });
  try {
    const host = /images are served on https?:\/\/(\S+?)"/.exec(engine.log)?.[1] ?? "";
    const results = folder.join("results");
    const env = { ...offered, ...optional, ...how, OCI_REGISTRY: host, OCI_RESULTS_DIR: results };
    const suite = Bun.spawn([program], {
      env: { ...process.env, ...env },
      stdout: "pipe",
      stderr: "inherit",
    });
    const report = await suite.stdout.text();
    console.log(report.slice(Math.max(report.indexOf("OCI Conformance Result:"), 0)));
    return await suite.exited;
  } finally {
    await engine.dispose();
  }
}
