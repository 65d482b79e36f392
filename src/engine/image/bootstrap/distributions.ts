/** What is particular to a distribution whose packages debootstrap installs. */
export interface Distribution {
  readonly name: "debian" | "ubuntu";
  readonly title: string;
  /** The suites that version numbers and other tags stand for. */
  readonly aliases: Readonly<Record<string, string>>;
  /** A suite that is there, for messages. */
  readonly example: string;
  /** Its usual mirror, with a trailing slash as all of them. */
  readonly mirror: string;
  /** Where its security fixes usually come from. */
  readonly security: string;
  /** Where security fixes are when `mirror` is another than the usual one. */
  securityOf(mirror: string): string;
  /** What apt is to offer in a container, as the distribution's own images do. */
  readonly components: string;
  /** Below `/usr/share/keyrings`, without the ending. */
  readonly keyring: string;
  readonly keyringPackage: string;
  /** The script of debootstrap for a suite that is newer than debootstrap. */
  readonly script: string;
  /** Suites whose apt is told its sources in the one-line style; later ones use deb822. */
  readonly oneLineSuites: ReadonlySet<string>;
}

const debian: Distribution = {
  name: "debian",
  title: "Debian",
  // https://www.debian.org/releases/
  aliases: { "11": "bullseye", "12": "bookworm", "13": "trixie", "14": "forky", latest: "stable" },
  example: "bookworm",
  mirror: "http://deb.debian.org/debian/",
  security: "http://deb.debian.org/debian-security/",
  // The archives lie side by side on mirrors that have both.
  securityOf: (mirror) => mirror.replace(/\/$/, "-security/"),
  components: "main",
  keyring: "debian-archive-keyring",
  keyringPackage: "debian-archive-keyring",
  script: "sid",
  oneLineSuites: new Set(["buster", "bullseye"]),
};

const isPort = process.arch !== "x64" && process.arch !== "ia32";

const ubuntu: Distribution = {
  name: "ubuntu",
  title: "Ubuntu",
  // https://releases.ubuntu.com/; latest is the newest with long-term support, as of Docker's official image.
  aliases: {
    "18.04": "bionic",
    "20.04": "focal",
    "22.04": "jammy",
    "24.04": "noble",
    "25.04": "plucky",
    "25.10": "questing",
    "26.04": "resolute",
    latest: "resolute",
  },
  example: "noble",
  mirror: isPort ? "http://ports.ubuntu.com/ubuntu-ports/" : "http://archive.ubuntu.com/ubuntu/",
  security: isPort ? "http://ports.ubuntu.com/ubuntu-ports/" : "http://security.ubuntu.com/ubuntu/",
  // Security fixes are suites of the same archive.
  securityOf: (mirror) => mirror,
  components: "main restricted universe multiverse",
  keyring: "ubuntu-archive-keyring",
  keyringPackage: "ubuntu-keyring",
  script: "gutsy",
  oneLineSuites: new Set(["bionic", "focal", "jammy"]),
};

export const distributions: Readonly<Record<string, Distribution>> = { debian, ubuntu };
