import { describe, expect, test } from "bun:test";
import { checked } from "../testing.ts";
import { shellCommands } from "./shell.ts";

/** Each: a rule, and what stands after `FROM debian:12`: first what breaks it, then what does not. */
const table: [string, string[], string[]][] = [
  [
    "AptListsKept",
    ["RUN apt-get update && apt-get install -y a", "RUN <<E\nset -e\napt-get update\nE"],
    [
      "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*",
      "RUN --mount=type=cache,target=/var/lib/apt apt-get update",
      "RUN echo apt-get update",
      'RUN echo "a && apt-get update"',
    ],
  ],
  [
    "AptRecommends",
    ["RUN apt-get install -y a", "RUN DEBIAN_FRONTEND=noninteractive sudo -E apt-get -qq install a"],
    [
      "RUN apt-get install -y --no-install-recommends a",
      "RUN apt-get -o APT::Install-Recommends=0 install a",
    ],
  ],
  [
    "AptUnconfirmed",
    ["RUN apt-get install a", "RUN apt-get upgrade"],
    [
      "RUN apt-get install -y a",
      "RUN apt-get -yq install a",
      "RUN apt-get --yes install a",
      "RUN apt-get update",
    ],
  ],
  ["AptUpdateAlone", ["RUN apt-get update"], ["RUN apt-get update && apt-get install -y a"]],
  [
    "PackageUpgrade",
    ["RUN apt-get update && apt-get upgrade -y", "RUN apk upgrade", "RUN dnf -y update"],
    ["RUN dnf -y update bash", "RUN apt-get update"],
  ],
  [
    "ApkCacheKept",
    ["RUN apk add a", "RUN apk --update add a"],
    ["RUN apk add --no-cache a", "RUN apk --no-cache add a"],
  ],
  ["DnfCacheKept", ["RUN dnf install -y a"], ["RUN dnf install -y a && dnf clean all"]],
  [
    "PipCacheKept",
    ["RUN pip install a", "RUN python3 -m pip install -r x", "RUN /venv/bin/pip3 install a"],
    [
      "RUN pip install --no-cache-dir a",
      "ENV PIP_NO_CACHE_DIR=1\nRUN pip install a",
      "RUN --mount=type=cache,target=/root/.cache/pip pip install a",
    ],
  ],
  [
    "NpmCacheKept",
    ["RUN npm ci", 'RUN ["npm", "install"]'],
    [
      "RUN --mount=type=cache,target=/root/.npm npm ci",
      "RUN npm ci && npm cache clean --force",
      "RUN npm run build",
    ],
  ],
  [
    "PipedToShell",
    ["RUN curl -fsSL https://x | sh", "RUN wget -qO- https://x | sudo -E bash -", "RUN curl x | python3"],
    ["RUN curl x | tar xz", "RUN curl -o x https://x && sh x", "RUN curl x || sh y"],
  ],
  ["TransportUnchecked", ["RUN curl -sk x", "RUN wget --no-check-certificate x"], ["RUN curl -sL x"]],
  ["SudoUsed", ["RUN sudo make"], ["RUN apt-get install -y sudo", "RUN echo sudo"]],
  ["WorldWritable", ["RUN chmod 777 /x", "RUN chmod -R 0777 /x", "RUN chmod a+rwx /x"], ["RUN chmod 755 /x"]],
  [
    "DoubledLayer",
    ["COPY a /app/\nRUN chown -R app:app /app", "COPY a /app/b\nRUN x && chmod -R g+w /app"],
    [
      "COPY --chown=app a /app\nRUN chown app /app",
      "RUN mkdir /x && chown -R app /x",
      "COPY a /b\nRUN chown -R x /a",
    ],
  ],
  ["RemovedTooLate", ["RUN make\nRUN rm -rf /src"], ["RUN make && rm -rf /src", "RUN rm /etc/x"]],
  ["CdWithoutEffect", ["RUN cd /x"], ["RUN cd /x && make"]],
  [
    "SecretInCommand",
    ["RUN git clone https://me:hunter2@x/y", "RUN login --password=hunter2"],
    ["RUN git clone https://x/y", "RUN login --password=$P", "RUN login --password-stdin"],
  ],
  [
    "AddInsteadOfCopy",
    ["ADD a /b", "ADD . /b"],
    [
      "ADD a.tar.gz /b",
      "ADD https://x/y /b",
      "ADD git@x:y/z.git /b",
      "ADD --unpack=true a /b",
      "COPY a /b",
      "ADD $x /b",
    ],
  ],
  [
    "SecretCopied",
    ["COPY .env /", "COPY a/id_rsa b /", "ADD certs/server.key /", "COPY .docker/config.json /root/"],
    ["COPY .env.example /", "COPY id_rsa.pub /", "COPY key.c /", "COPY public.pem /", "COPY . /"],
  ],
  ["DebianFrontendKept", ["ENV DEBIAN_FRONTEND=noninteractive"], ["ARG DEBIAN_FRONTEND=noninteractive"]],
  [
    "LatestTag",
    ["FROM debian", "FROM debian:latest", "FROM x.org:5000/y"],
    ["FROM debian:12", "FROM scratch", "FROM debian:12 AS a\nFROM a"],
  ],
  [
    "RootUser",
    ['CMD ["a"]', 'USER app\nUSER root\nCMD ["a"]', 'USER 0:0\nENTRYPOINT ["a"]'],
    ['USER app\nCMD ["a"]', "RUN x", 'FROM debian:12 AS a\nUSER app\nFROM a\nCMD ["a"]'],
  ],
];

describe("our own rules", () => {
  const rules = async (text: string) => (await checked(`FROM debian:12\n${text}`)).map(({ rule }) => rule);

  for (const [rule, bad, good] of table) {
    for (const text of bad)
      test(`${rule} is broken by ${text.replaceAll("\n", "; ")}`, async () => {
        expect(await rules(text)).toContain(rule);
      });
    for (const text of good)
      test(`${rule} is kept by ${text.replaceAll("\n", "; ")}`, async () => {
        expect(await rules(text)).not.toContain(rule);
      });
  }

  test("can be skipped, too", async () => {
    expect(await rules("# check=skip=SudoUsed\nRUN sudo x")).toEqual([]);
  });
});

test("size does not matter in stages that files are only taken from", async () => {
  const text = `FROM debian:12 AS base
    RUN pip install a
    FROM base AS build
    RUN npm ci && curl x | sh
    FROM debian:12 AS other
    RUN apk add a
    FROM debian:12
    COPY --from=BUILD / /
    RUN --mount=from=build,target=/b dnf install b`;
  const lines = async (more: string) =>
    (await checked(text + more)).map(({ rule, line }) => `${line} ${rule}`);
  expect(await lines("")).toEqual(["4 PipedToShell", "6 ApkCacheKept", "9 DnfCacheKept"]);
  expect(await lines("\nFROM base")).toEqual([
    "2 PipCacheKept",
    "4 PipedToShell",
    "6 ApkCacheKept",
    "9 DnfCacheKept",
  ]);
});

test("a shell's line is read as commands", () => {
  const script =
    "set -ex; A=b sudo -E make 'x y' \\\n  \"$z;\" | tee a&&(cd /b || exit 1)\n# no && not\nif true; then x; fi";
  expect(shellCommands(script)).toEqual([
    { words: ["make", "x y", "$z;"], sudo: true, piped: true },
    { words: ["tee", "a"], sudo: false, piped: false },
    { words: ["cd", "/b"], sudo: false, piped: false },
    { words: ["exit", "1"], sudo: false, piped: false },
    { words: ["true"], sudo: false, piped: false },
    { words: ["x"], sudo: false, piped: false },
    { words: ["fi"], sudo: false, piped: false },
  ]);
});
