import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** PEM texts of an authority, of a server on loopback and of a client that it vouches for. */
export interface TestCertificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** Makes an authority in a directory, and with it certificates for loopback and for the client `alice`. */
export async function makeCertificates(directory: string): Promise<TestCertificates> {
  const script = `
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \\
      -subj "/CN=Test Authority" -keyout ca.key -out ca.crt
    sign() {
      openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \\
        -keyout "$1.key" -out "$1.csr"
      printf 'subjectAltName=IP:127.0.0.1,DNS:localhost' > extensions
      openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 \\
        -extfile extensions -out "$1.crt"
    }
    sign server registry
    sign client alice`;
  await Bun.$`sh -ec ${script}`.cwd(directory).quiet();
  const read = (name: string) => readFileSync(join(directory, name), "utf8");
  return {
    ca: read("ca.crt"),
    server: { cert: read("server.crt"), key: read("server.key") },
    client: { cert: read("client.crt"), key: read("client.key") },
  };
}

/** Docker's layout: what a host is trusted by, and how the client proves itself to it. */
export function writeCertificates(
  directory: string,
  host: string,
  files: Readonly<Record<string, string>>,
): void {
  mkdirSync(join(directory, host), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, host, name), text);
}
