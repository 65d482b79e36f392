/**
 * The engine's options, with dockerd's names on the command line (`--data-root`) and in the configuration file
 * (`data-root`). `kind` says how a value is written in either place.
 */
export interface OptionSpec {
  /** Name on the command line, and in the file unless `key` says otherwise: `object.member` for one of several. */
  flag: string;
  key?: string;
  shorthand?: string;
  kind:
    | "string"
    | "boolean"
    | "list"
    | "number"
    | "map"
    | "maps"
    | "object"
    | "objects"
    | "ulimits"
    | "runtimes"
    | "pools";
  /** Too much for a command line. */
  only?: "file";
  placeholder: string;
  description: string;
}

export const options = [
  {
    flag: "add-runtime",
    key: "runtimes",
    kind: "runtimes",
    placeholder: "runtime",
    description: "Register an additional OCI runtime (name=path)",
  },
  {
    flag: "bip",
    kind: "string",
    placeholder: "string",
    description: "IPv4 address and prefix of the default bridge",
  },
  {
    flag: "bip6",
    kind: "string",
    placeholder: "string",
    description: "IPv6 address and prefix of the default bridge",
  },
  {
    flag: "bridge",
    shorthand: "b",
    kind: "string",
    placeholder: "string",
    description: "Attach containers to this bridge; created if missing",
  },
  {
    flag: "bridge-names",
    kind: "boolean",
    placeholder: "",
    description: "Let containers on the default bridge find each other by name, as on other networks",
  },
  {
    flag: "builder-gc",
    key: "builder.gc",
    kind: "object",
    placeholder: "",
    description: "What the build cache keeps: enabled, defaultReservedSpace, defaultMaxUsedSpace, policy",
    only: "file",
  },
  {
    flag: "certs-dir",
    kind: "list",
    placeholder: "list",
    description:
      "Directories with registries' certificates (default /etc/slipway/certs.d, /etc/docker/certs.d)",
  },
  {
    flag: "cgroup-parent",
    kind: "string",
    placeholder: "string",
    description: "Set parent cgroup for all containers",
  },
  {
    flag: "config-file",
    kind: "string",
    placeholder: "string",
    description: 'Engine configuration file (default "/etc/slipway/daemon.json")',
  },
  {
    flag: "data-root",
    kind: "string",
    placeholder: "string",
    description: 'Root directory of persistent state (default "/var/lib/slipway")',
  },
  {
    flag: "debian-keyring",
    kind: "string",
    placeholder: "string",
    description: "Keys that must have signed Debian's archive (default the package debian-archive-keyring's)",
  },
  {
    flag: "debian-mirror",
    kind: "string",
    placeholder: "string",
    description: "Mirror that base images of Debian are made from (default the host's)",
  },
  { flag: "debug", shorthand: "D", kind: "boolean", placeholder: "", description: "Enable debug mode" },
  {
    flag: "default-address-pool",
    key: "default-address-pools",
    kind: "pools",
    placeholder: "pool-options",
    description: "Default address pools for networks (base=CIDR,size=BITS)",
  },
  {
    flag: "default-gateway",
    kind: "string",
    placeholder: "string",
    description: "IPv4 router that containers on the default bridge take instead of the bridge",
  },
  {
    flag: "default-gateway-v6",
    kind: "string",
    placeholder: "string",
    description: "IPv6 router that containers on the default bridge take instead of the bridge",
  },
  {
    flag: "default-network-opt",
    key: "default-network-opts",
    kind: "maps",
    placeholder: "mapmap",
    description: "Default options of the networks of a driver (driver=opt=value)",
  },
  {
    flag: "default-runtime",
    kind: "string",
    placeholder: "string",
    description: "Default OCI runtime for containers",
  },
  {
    flag: "default-shm-size",
    kind: "string",
    placeholder: "bytes",
    description: "Default shm size for containers (default 64MiB)",
  },
  {
    flag: "default-ulimit",
    key: "default-ulimits",
    kind: "ulimits",
    placeholder: "ulimit",
    description: "Default ulimits for containers (name=soft:hard)",
  },
  { flag: "dns", kind: "list", placeholder: "list", description: "DNS server to use" },
  { flag: "dns-opt", key: "dns-opts", kind: "list", placeholder: "list", description: "DNS options to use" },
  { flag: "dns-search", kind: "list", placeholder: "list", description: "DNS search domains to use" },
  {
    flag: "exec-root",
    kind: "string",
    placeholder: "string",
    description: 'Root directory for execution state files (default "/run/slipway")',
  },
  {
    flag: "fixed-cidr",
    kind: "string",
    placeholder: "string",
    description: "IPv4 subnet that containers on the default bridge get their addresses from",
  },
  {
    flag: "fixed-cidr-v6",
    kind: "string",
    placeholder: "string",
    description: "IPv6 subnet of the default bridge",
  },
  {
    flag: "firewall-backend",
    kind: "string",
    placeholder: "string",
    description: 'Firewall backend to use ("iptables"|"nftables") (default "iptables")',
  },
  {
    flag: "firewall-mode",
    kind: "string",
    placeholder: "string",
    description:
      'Whether the host\'s input rules decide about published ports ("respect") or not ("open") (default "open")',
  },
  {
    flag: "gc-images",
    kind: "string",
    placeholder: "string",
    description: 'Images that may go when space is short ("none"|"dangling"|"unused") (default "dangling")',
  },
  {
    flag: "gc-keep",
    kind: "list",
    placeholder: "list",
    description: "Patterns of references that never go by themselves",
  },
  {
    flag: "gc-min-free-space",
    kind: "string",
    placeholder: "string",
    description: 'Make room when less is free on the data root\'s disk, "0" for never (default "5%")',
  },
  {
    flag: "gc-target-free-space",
    kind: "string",
    placeholder: "string",
    description: "Make room until so much is free (default 1.5 times gc-min-free-space)",
  },
  {
    flag: "group",
    shorthand: "G",
    kind: "string",
    placeholder: "string",
    description: 'Group for the unix socket (default "docker")',
  },
  {
    flag: "host",
    key: "hosts",
    shorthand: "H",
    kind: "list",
    placeholder: "list",
    description: "Daemon socket(s) to listen on",
  },
  {
    flag: "host-gateway-ip",
    key: "host-gateway-ips",
    kind: "list",
    placeholder: "list",
    description:
      "Addresses that host-gateway and host.docker.internal stand for (default those of the default bridge)",
  },
  {
    flag: "http-proxy",
    key: "proxies.http-proxy",
    kind: "string",
    placeholder: "string",
    description: "HTTP proxy URL to use for outgoing traffic",
  },
  {
    flag: "https-proxy",
    key: "proxies.https-proxy",
    kind: "string",
    placeholder: "string",
    description: "HTTPS proxy URL to use for outgoing traffic",
  },
  {
    flag: "icc",
    kind: "boolean",
    placeholder: "",
    description: "Enable inter-container communication on the default bridge (default true)",
  },
  {
    flag: "init",
    kind: "boolean",
    placeholder: "",
    description: "Run an init in the container to forward signals and reap processes",
  },
  { flag: "init-path", kind: "string", placeholder: "string", description: "Path to the init binary" },
  {
    flag: "insecure-registry",
    key: "insecure-registries",
    kind: "list",
    placeholder: "list",
    description: "Registries (host[:port] or CIDR) that may use HTTP or unknown certificates",
  },
  {
    flag: "ip",
    kind: "string",
    placeholder: "ip",
    description: "Host IP for port publishing from the default bridge (default 0.0.0.0)",
  },
  {
    flag: "ip-masq",
    kind: "boolean",
    placeholder: "",
    description: "Let packets from the default bridge leave under the host's address (default true)",
  },
  {
    flag: "ip6tables",
    kind: "boolean",
    placeholder: "",
    description: "Enable addition of ip6tables rules (default true)",
  },
  {
    flag: "iptables",
    kind: "boolean",
    placeholder: "",
    description: "Enable addition of iptables rules (default true)",
  },
  {
    flag: "ipv6",
    kind: "boolean",
    placeholder: "",
    description: "IPv6 on the default bridge (default: where the host has IPv6 and a default route of it)",
  },
  {
    flag: "label",
    key: "labels",
    kind: "list",
    placeholder: "list",
    description: "Set key=value labels to the daemon",
  },
  {
    flag: "live-restore",
    kind: "boolean",
    placeholder: "",
    description: "Keep containers running when the engine is stopped",
  },
  {
    flag: "log-driver",
    kind: "string",
    placeholder: "string",
    description: 'Default driver for container logs (default "json-file")',
  },
  {
    flag: "log-format",
    kind: "string",
    placeholder: "string",
    description: 'Set the logging format ("text"|"json") (default "text")',
  },
  {
    flag: "log-level",
    shorthand: "l",
    kind: "string",
    placeholder: "string",
    description: 'Set the logging level ("debug"|"info"|"warn"|"error"|"fatal") (default "info")',
  },
  {
    flag: "log-opt",
    key: "log-opts",
    kind: "map",
    placeholder: "map",
    description: "Default log driver options for containers",
  },
  {
    flag: "max-concurrent-downloads",
    kind: "number",
    placeholder: "int",
    description: "Set the max concurrent downloads (default 3)",
  },
  {
    flag: "max-concurrent-uploads",
    kind: "number",
    placeholder: "int",
    description: "Set the max concurrent uploads (default 5)",
  },
  {
    flag: "max-download-attempts",
    kind: "number",
    placeholder: "int",
    description: "Set the max attempts of each request to a registry (default 5)",
  },
  {
    flag: "max-layer-size",
    kind: "string",
    placeholder: "bytes",
    description: "Refuse image layers that unpack to more (default: nine tenths of the free space)",
  },
  {
    flag: "mtu",
    kind: "number",
    placeholder: "int",
    description: "Set the MTU of the default bridge (default 1500)",
  },
  {
    flag: "no-proxy",
    key: "proxies.no-proxy",
    kind: "string",
    placeholder: "string",
    description: "Comma-separated list of hosts or IP addresses for which the proxy is skipped",
  },
  {
    flag: "pidfile",
    shorthand: "p",
    kind: "string",
    placeholder: "string",
    description: "Path to use for daemon PID file",
  },
  {
    flag: "registries",
    kind: "objects",
    placeholder: "",
    description: "By domain: mirrors, rewrite, blocked, insecure",
    only: "file",
  },
  {
    flag: "registry-htpasswd",
    key: "registry-serve.htpasswd",
    kind: "string",
    placeholder: "file",
    description: "Let in only the users of this file (made with htpasswd -B) to the engine's registry",
  },
  {
    flag: "registry-insecure",
    key: "registry-serve.insecure",
    kind: "boolean",
    placeholder: "",
    description: "Serve images at addresses that other hosts reach without TLS",
  },
  {
    flag: "registry-listen",
    key: "registry-serve.listen",
    kind: "string",
    placeholder: "address",
    description: "Offer the engine's images as a registry at this address:port as long as it runs",
  },
  {
    flag: "registry-mirror",
    key: "registry-mirrors",
    kind: "list",
    placeholder: "list",
    description: "Preferred mirrors of Docker Hub",
  },
  {
    flag: "registry-prefix",
    key: "registry-serve.prefixes",
    kind: "list",
    placeholder: "list",
    description: "Offer only repositories that begin with one of these",
  },
  {
    flag: "registry-tls-cert",
    key: "registry-serve.tls-cert",
    kind: "string",
    placeholder: "file",
    description: "Serve images by HTTPS with this certificate (PEM)",
  },
  {
    flag: "registry-tls-key",
    key: "registry-serve.tls-key",
    kind: "string",
    placeholder: "file",
    description: "The key of the certificate that images are served with (PEM)",
  },
  {
    flag: "registry-writable",
    key: "registry-serve.writable",
    kind: "boolean",
    placeholder: "",
    description: "Take pushes and deletions in the engine's registry, too",
  },
  {
    flag: "shutdown-timeout",
    kind: "number",
    placeholder: "int",
    description: "Seconds to wait for containers at shutdown (default 15)",
  },
  {
    flag: "storage-driver",
    shorthand: "s",
    kind: "string",
    placeholder: "string",
    description: 'How layers are kept: overlay2 (files) or erofs (images, Linux 6.12) (default "overlay2")',
  },
  {
    flag: "ubuntu-keyring",
    kind: "string",
    placeholder: "string",
    description: "Keys that must have signed Ubuntu's archive (default the package ubuntu-keyring's)",
  },
  {
    flag: "ubuntu-mirror",
    kind: "string",
    placeholder: "string",
    description: "Mirror that base images of Ubuntu are made from (default the host's)",
  },
] as const satisfies readonly OptionSpec[];
