import type { Cases } from "../cases/case.ts";

/** Classic builds whose output is compared, line by line. */
export const streamCases: Cases = {
  "stream-all-kinds": {
    text: `FROM busybox
ENV A=b
RUN echo hi; echo err >&2
WORKDIR /x
COPY a.txt /a
ADD b.txt /b
LABEL x="$A"
EXPOSE 80
USER 5
VOLUME /v
STOPSIGNAL 9
HEALTHCHECK CMD true
SHELL ["/bin/sh", "-c"]
ONBUILD RUN true
ARG z
MAINTAINER me
ENTRYPOINT ["x"]
CMD ["a"]
`,
    args: ["-t", "parity-stream:1", "-t", "parity-stream-two"],
  },
  "stream-cached": "FROM busybox\nENV A=b\nRUN echo hi\nCOPY a.txt /a\n",
  "stream-cached-again": "FROM busybox\nENV A=b\nRUN echo hi\nCOPY a.txt /a\n",
  "stream-quiet": { text: "FROM busybox\nRUN echo quiet\n", args: ["-q"] },
  "stream-stages": "FROM busybox AS one\nRUN echo one > /one\nFROM busybox\nCOPY --from=one /one /two\n",
  "stream-continued": 'from busybox\nrun echo a \\\n  b\nCOPY   a.txt    /x\ncmd [ "a" ,"b"]\n',
  "stream-onbuild":
    "FROM busybox AS base\nONBUILD RUN echo trigger\nONBUILD ENV A=b\nFROM base\nRUN echo own\n",
  "stream-fails": "FROM busybox\nRUN echo before; exit 5\nRUN echo never\n",
  "stream-args": {
    text: "ARG TAG=latest\nFROM busybox:$TAG\nARG V\nRUN echo $V\n",
    args: ["--build-arg", "V=v"],
  },
  "stream-unused-arg": { text: "FROM busybox\nRUN true\n", args: ["--build-arg", "NOT=used"] },
  "stream-no-newline": "FROM busybox\nRUN printf 'no newline'\nENV a=b\n",
  "stream-kept": { text: "FROM busybox\nRUN echo kept\n", args: ["--rm=false"] },
  "stream-label": { text: "FROM busybox\nENV x=y\n", args: ["--label", "l=m"] },
  "stream-no-cache": { text: "FROM busybox\nRUN echo hi\n", args: ["--no-cache"] },
};
