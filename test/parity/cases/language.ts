import type { Cases } from "./case.ts";

/** Variables, stages, escapes, comments. */
export const languageCases: Cases = {
  args: `ARG IMAGE=busybox
ARG TAG=latest
ARG UNUSED=global
FROM \${IMAGE}:$TAG AS one
ARG UNUSED
ARG V=1
RUN echo "$UNUSED-$V-$IMAGE" > /one
FROM $IMAGE
COPY --from=one /one /
ARG V=2 W
ARG X=\${V}x
ENV Y=$X Z=\${UNUSED}
ENV V=env
ARG V=arg
RUN echo "$V $X $Y [$Z] [$W] [$UNUSED]" > /two
COPY \${V:+a}.txt /by-arg
LABEL v=$V
`,
  escape:
    `# escape=\`
FROM busybox
RUN echo one ` +
    "`\n  two > /file\nENV P=C:\\Windows\\ Q=a`$b\nCOPY a.txt `\n # a comment in it\n\n  /b.txt\n",
  comments: `
# first
   # indented
FROM busybox
RUN echo a > /a && \\
# in between
    # indented in between

    echo b > /b && \\
    echo '# no comment' > /c   # a comment of the shell
  RUN echo indented > /d
RuN echo case > /e
env #a=b
CMD   [ "a" ,   "b" ]  
`,
  "stage-name-and-number": `FROM busybox AS Zero
RUN echo z > /z
FROM zero
COPY --from=Zero /z /y
COPY --from=0 /z /x
`,
  "args-by-option": {
    text: `ARG IMAGE=nothing
FROM $IMAGE
ARG A
ARG B=default
ARG C=\${B}-c
ARG HTTP_PROXY
ENV A2=$A C2=$C
RUN echo "$A $B $C" > /args
`,
    args: ["--build-arg", "IMAGE=busybox", "--build-arg", "A=a b", "--build-arg", "B=given"],
  },
  "args-empty": {
    text: `FROM busybox
ARG E=default
ARG F
RUN echo "[$E][\${E-unset}][\${F+set}]" > /e
ENV G=\${E:-empty} H=\${F:-none}
`,
    args: ["--build-arg", "E="],
  },
  "args-scope": `ARG G=global
FROM busybox AS a
ARG A=one
RUN echo "[$A][$G]" > /a
FROM a AS b
RUN echo "[$A][$G]" > /b
ARG G
RUN echo "[$G]" > /c
FROM busybox
COPY --from=b /a /b /c /
ARG G=own
ENV O=$G
`,
  "args-in-history": `FROM busybox
ARG ONE=1
RUN echo a
ARG TWO="two words"
RUN ["sh", "-c", "echo b"]
ENV ONE=env
RUN echo c
ARG THREE
RUN echo d
`,
  expansions: `FROM busybox
ENV V=value EMPTY=""
ENV A=\${V:-d} B=\${EMPTY:-d} C=\${NO:-d} D=\${V:+p} E=\${EMPTY:+p} F=\${NO:+p}
ENV G=\${NO:-\${V}} H=\${NO:-$V-x} I="\${NO:-a b}"
ENV J='\${V}' K="'\${V}'" L=\\\${V} M=a\${V}b N=$V.x O=$V/x
ENV P=$ Q=a$ R=\${V}$ S="$"
WORKDIR /\${V:+w}/$EMPTY/x
COPY \${NO:-a}.txt /\${V}/
USER \${V}
VOLUME /\${V}
LABEL \${V}=\${V}
STOPSIGNAL \${NO:-9}
`,
  "no-expansion": `FROM busybox
ENV V=value
RUN echo '$V' > /single; echo \\$V > /escaped
CMD ["$V"]
ENTRYPOINT echo $V
HEALTHCHECK CMD echo $V
SHELL ["/bin/sh", "-c"]
ONBUILD RUN echo $V
`,
  continuations: `FROM \\
  busybox
RUN echo a \\
  b \\
# comment
  c > /x
ENV A=1 \\
    # indented comment
    B=2 \\

    C=3
COPY a.txt \\
     b.txt \\
     /to/
RUN echo "in \\
quotes" > /q
RUN echo ends with backslash \\\\
LABEL a=b \\
`,
  crlf: 'FROM busybox\r\nENV A=1 \\\r\n  B=2\r\nRUN echo one \\\r\n  two > /x\r\nCMD ["a"]\r\n',
  "byte-order-mark": "\uFEFFFROM busybox\nENV A=1\n",
  "no-last-newline": "FROM busybox\nCMD a",
  "tabs-and-spaces":
    'FROM\tbusybox\n\tENV\tA=1\tB=2\nENV   C   c  c   \nRUN\techo\ta\nCMD\t["x"\t,\t"y"]\nLABEL\ta=b\t\n',
  "escape-directive-backslash": "# escape=\\\nFROM busybox\nENV A=a\\ b\n",
  "directive-after-comment": "# a comment\n# escape=`\nFROM busybox\nENV A=a\\ b\n",
  "directive-case": "#  EsCaPe = `\nFROM busybox\nENV A=a` b C=C:\\x\n",
  "unneeded-stages": `FROM busybox AS unused
RUN exit 1
FROM busybox
RUN echo only > /only
`,
  "target-by-option": {
    text: `FROM busybox AS one
ENV S=1
FROM busybox AS Two
ENV S=2
FROM busybox
ENV S=3
`,
    args: ["--target", "two"],
  },
  "target-by-number": {
    text: `FROM busybox AS one
ENV S=1
FROM busybox
ENV S=2
FROM busybox
ENV S=3
`,
    args: ["--target", "1"],
  },
  "stage-names": `FROM busybox AS b.c_d-e
RUN echo 1 > /1
FROM busybox as B2
COPY --from=b.c_d-e /1 /2
FROM b2
COPY --from=B2 /2 /3
`,
  "stage-named-as-image": `FROM busybox AS busybox
RUN echo stage > /stage
FROM busybox
RUN ls / > /list
`,
  "platform-args": `FROM busybox
ARG TARGETPLATFORM
ARG TARGETOS
ARG TARGETARCH
ARG BUILDPLATFORM
RUN echo $TARGETPLATFORM $TARGETOS $TARGETARCH $BUILDPLATFORM > /p
`,
};
