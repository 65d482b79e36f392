import type { Cases } from "../cases/case.ts";

/** Classic builds whose output is compared, line by line. `ONCE` is another text in each run: caches have none of it. */
export const streamCases: Cases = {
  "stream-all-kinds": {
    text: `FROM busybox
RUN echo ONCE > /once
ENV A=b
RUN echo hi; sleep 0.2; echo err >&2
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
  "stream-cached": "FROM busybox\nRUN echo ONCE > /once\nENV A=b\nRUN echo hi\nCOPY a.txt /a\nCMD a\n",
  "stream-cached-again": "FROM busybox\nRUN echo ONCE > /once\nENV A=b\nRUN echo hi\nCOPY a.txt /a\nCMD a\n",
  "stream-cached-in-part":
    "FROM busybox\nRUN echo ONCE > /once\nENV A=b\nRUN echo ho > /ho\nCOPY a.txt /a\nCMD a\n",
  "stream-first-is-config": "FROM busybox\nENV A=ONCE\nRUN echo hi\n",
  "stream-quiet": { text: "FROM busybox\nRUN echo ONCE > /once\n", args: ["-q"] },
  "stream-quiet-fails": { text: "FROM busybox\nRUN echo ONCE; exit 3\n", args: ["-q"] },
  "stream-stages": "FROM busybox AS one\nRUN echo ONCE > /one\nFROM busybox\nCOPY --from=one /one /two\n",
  "stream-continued": 'from busybox\nrun : ONCE; echo a \\\n  b\nCOPY   a.txt    /x\ncmd [ "a" ,"b"]\n',
  "stream-heredoc-like": "FROM busybox\nRUN echo ONCE > /once; echo '<b>' && echo \"it's\"   spaced\n",
  "stream-onbuild":
    "FROM busybox AS base\nONBUILD RUN echo trigger ONCE\nONBUILD ENV A=b\nFROM base\nRUN echo own\n",
  "stream-onbuild-one": "FROM busybox AS base\nONBUILD COPY a.txt /ONCE\nFROM base\nRUN echo own\n",
  "stream-onbuild-fails": "FROM busybox AS base\nONBUILD RUN echo ONCE; exit 4\nFROM base\nRUN echo own\n",
  "stream-fails": "FROM busybox\nRUN echo before ONCE; exit 5\nRUN echo never\n",
  "stream-not-executable": 'FROM busybox\nRUN echo "#!/nowhere/ONCE" > /s; chmod 755 /s\nRUN ["/s"]\n',
  "stream-no-format": 'FROM busybox\nRUN echo ONCE > /s; chmod 755 /s\nRUN ["/s"]\n',
  "stream-fails-forced": { text: "FROM busybox\nRUN echo ONCE; exit 6\n", args: ["--force-rm"] },
  "stream-args": {
    text: "ARG TAG=latest\nFROM busybox:$TAG\nRUN echo ONCE > /once\nARG V\nRUN echo $V\n",
    args: ["--build-arg", "V=v"],
  },
  "stream-unused-arg": {
    text: "FROM busybox\nRUN echo ONCE > /once\n",
    args: ["--build-arg", "NOT=used"],
  },
  "stream-no-newline": "FROM busybox\nRUN echo ONCE > /once; printf 'no newline'\nENV a=b\n",
  "stream-kept": { text: "FROM busybox\nRUN echo kept ONCE\n", args: ["--rm=false"] },
  "stream-label": { text: "FROM busybox\nRUN echo ONCE > /once\nENV x=y\n", args: ["--label", "l=m"] },
  "stream-no-cache": { text: "FROM busybox\nRUN echo hi\n", args: ["--no-cache"] },
  "stream-parse-error": "FROM busybox\nRUN echo ONCE > /once\nENV\n",
  "stream-missing-file": "FROM busybox\nRUN echo ONCE > /once\nCOPY no-such-file /x\n",
};
