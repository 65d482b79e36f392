/** The systems with the architectures that Go, and so docker, knows them on (go.dev/doc/install/source). */
const architectures: Readonly<Record<string, string>> = {
  darwin: "386 amd64 arm arm64",
  dragonfly: "amd64",
  freebsd: "386 amd64 arm",
  linux: "386 amd64 arm arm64 ppc64le mips64 mips64le riscv64 s390x",
  netbsd: "386 amd64 arm",
  openbsd: "386 amd64 arm",
  plan9: "386 amd64",
  solaris: "amd64",
  windows: "386 amd64",
};

export function isKnownPlatform(os: string, architecture: string): boolean {
  return architectures[os]?.split(" ").includes(architecture) ?? false;
}
