import type { Cases } from "./case.ts";

/** Instructions that change what the image says of itself. */
export const configCases: Cases = {
  env: `FROM busybox
ENV old value with  spaces
ENV A=1 B="two words" C=three\\ words D='single $A'
ENV E="$A-\${B}" F=\${NOPE:-default} G=\${A:+set} H="\\$A" I='it''s' J="say \\"hi\\""
ENV K=one \\
  L=after
ENV path /opt/bin:$PATH
ENV A=changed M=$A
ENV N=$A
ENV O= P="" Q=a=b=c
ENV old2 "quoted" and $A
ENV R="tab	here" S=\\\\ T="\\n"
RUN env | sort > /env
`,
  labels: `FROM busybox
LABEL one=1 "two words"="value here" three='single' four="line \\
continued"
LABEL org.opencontainers.image.title=other
LABEL one=again
LABEL old style
LABEL "a.b"="$PATH" c='$PATH'
MAINTAINER Some One <some@one.example>
`,
  ports: `FROM busybox
ARG PORT=99
EXPOSE 80 443/tcp 53/udp 8000-8003
EXPOSE 9000-9001/udp $PORT 5000/sctp
EXPOSE 80/tcp
`,
  volumes: `FROM busybox
RUN mkdir -p /before && echo kept > /before/file
VOLUME /before /plain
VOLUME ["/json", "/with space"]
RUN echo late > /before/after && mkdir /json && echo w > /json/w
COPY a.txt /before/copied
RUN ls /before > /seen
`,
  config: `FROM busybox
USER 5:6
USER $UNSET\${X:-www-data}
STOPSIGNAL SIGUSR1
STOPSIGNAL 9
SHELL ["/bin/sh", "-ec"]
RUN echo in shell > /tmp/shell
CMD echo shell form
ENTRYPOINT exec form
HEALTHCHECK --interval=1m30s --timeout=3s --start-period=1s --retries=4 CMD ["true", "it"]
`,
  "entrypoint-resets": `FROM busybox
CMD ["one", "two"]
ENTRYPOINT ["/bin/echo"]
`,
  "cmd-stays": `FROM busybox AS base
ENTRYPOINT ["/bin/echo"]
CMD ["stays"]
FROM base
ENV x=y
`,
  "entrypoint-of-child": `FROM busybox AS base
ENTRYPOINT ["/bin/echo"]
CMD ["goes"]
FROM base
ENTRYPOINT ["/bin/ls"]
`,
  "cmd-of-child": `FROM busybox AS base
ENTRYPOINT ["/bin/echo"]
HEALTHCHECK CMD true
FROM base
CMD single
CMD []
HEALTHCHECK NONE
ENTRYPOINT []
`,
  onbuild: `FROM busybox
ONBUILD COPY a.txt /on/
ONBUILD RUN echo ran > /on/ran && \\
  echo more
ONBUILD ENV trig=1
onbuild   label  x=y
`,
  "scratch-empty": `FROM scratch
LABEL only=label
WORKDIR /made
`,
  "scratch-config": `FROM scratch
ENV A=b
CMD ["/x"]
ADD tree.tar /
`,
  "base-only": "FROM busybox\n",
  "expose-forms": `FROM busybox
ARG FROM=7000 TO=7002 PROTO=udp
EXPOSE $FROM-$TO/$PROTO
EXPOSE "8080" 8081/TCP
EXPOSE 127.0.0.1:9000:90 9100:91/udp
EXPOSE 65535 1
EXPOSE 10-10
`,
  "user-forms": `FROM busybox
USER root
USER 1000
USER nobody:nobody
USER :5
USER "quoted user"
`,
  stopsignals: `FROM busybox
ARG S=INT
STOPSIGNAL SIG\${S}
STOPSIGNAL sigterm
STOPSIGNAL QUIT
`,
  healthchecks: `FROM busybox AS one
HEALTHCHECK --interval=5s CMD curl -f "http://localhost/" || exit 1
FROM one AS two
HEALTHCHECK NONE
FROM two AS three
HEALTHCHECK --interval=1h --timeout=1m0s --start-period=500ms --retries=3 CMD ["a", "b c"]
FROM three
ENV after=1
`,
  "healthcheck-zero": `FROM busybox
HEALTHCHECK --retries=0 --interval=0s CMD true
`,
  "healthcheck-lower": `FROM busybox
healthcheck --timeout=1.5s cmd ["true"]
`,
  "shell-forms": `FROM busybox
SHELL ["/bin/sh", "-x", "-c"]
RUN echo one
CMD two
ENTRYPOINT three "four five"
HEALTHCHECK CMD five
SHELL ["/bin/busybox", "sh", "-c"]
RUN echo six > /six
ENTRYPOINT ["exec", "$HOME"]
`,
  "shell-of-base": `FROM busybox AS base
SHELL ["/bin/sh", "-ec"]
FROM base
CMD shell of the base
RUN echo $0 > /zero
`,
  maintainer: `FROM busybox
MAINTAINER first
MAINTAINER   Second One   <s@x.example>
LABEL maintainer="by label"
`,
  "maintainer-of-base": `FROM busybox AS base
MAINTAINER base
FROM base
RUN true
`,
  "volume-forms": `FROM busybox
ARG DIR=/data
VOLUME $DIR
VOLUME \${DIR}/more /x relative
VOLUME ["$DIR/json"]
VOLUME "/quoted"
`,
  "labels-more": `FROM busybox
ARG V=1.2
LABEL version="$V" v\${V}=key "spaced key"="a b"
LABEL multi.label1="value1" \\
      multi.label2="value2" \\
      other=
LABEL empty="" also=
LABEL quote="say \\"x\\"" single='it is $V' back=a\\ b
LABEL newline="a\\
b"
`,
  "labels-by-option": {
    text: "FROM busybox\nLABEL a=file b=file\n",
    args: ["--label", "a=option", "--label", "c=d=e"],
  },
  "cmd-forms": `FROM busybox
CMD
`,
  "cmd-json-escapes": `FROM busybox
CMD ["tab\\t", "quote\\"", "\\u00e4", "back\\\\slash", ""]
ENTRYPOINT [ "a"  , "b" ]
`,
  "cmd-not-json": `FROM busybox
ENTRYPOINT ['single', 'quotes']
CMD ["unfinished", "list"
`,
  "cmd-with-variables": `FROM busybox
ENV X=x
CMD echo $X \${X} "$X"
ENTRYPOINT ["$X"]
`,
  "empty-entrypoint-of-child": `FROM busybox AS base
ENTRYPOINT ["/bin/echo"]
CMD ["base"]
FROM base
ENTRYPOINT []
`,
  "entrypoint-then-cmd": `FROM busybox
ENTRYPOINT ["/bin/echo"]
CMD ["kept"]
`,
  "env-override-path": `FROM busybox
ENV PATH=/only
ENV HOME=/h USER=u
RUN ["/bin/sh", "-c", "/bin/echo $PATH $HOME > /seen"]
`,
  "env-twice-in-one": `FROM busybox
ENV A=1 B=$A A=2 C=$A
ENV LONG="a b" X=\${A}\${B} "Y"=z
ENV UNICODE=ä EMPTY= DOLLAR=\\$A DASH=-a-
`,
  "onbuild-forms": `FROM busybox AS base
ONBUILD USER 5
ONBUILD WORKDIR /on
ONBUILD ENV A=$B
ONBUILD EXPOSE 80 81
ONBUILD ENTRYPOINT ["x"]
ONBUILD CMD y
ONBUILD VOLUME /v
ONBUILD LABEL l=m
ONBUILD ARG Z=1
ONBUILD HEALTHCHECK CMD true
ONBUILD STOPSIGNAL 9
ONBUILD SHELL ["/bin/sh", "-c"]
ONBUILD ADD tree.tar /t
RUN echo base
`,
  "onbuild-runs": `FROM busybox AS base
ENV B=of-base
ONBUILD RUN echo $B > /ran
ONBUILD COPY --chown=1:1 a.txt /copied
ONBUILD ENV C=c
ONBUILD WORKDIR /here
FROM base AS child
RUN pwd > /pwd
FROM child
RUN echo once > /once
`,
  "base-config-stays": `FROM busybox AS base
ENV A=1
EXPOSE 1
VOLUME /v
USER 3
WORKDIR /w
LABEL a=b
STOPSIGNAL 3
HEALTHCHECK CMD true
SHELL ["/bin/sh", "-c"]
FROM base
EXPOSE 2
VOLUME /w
LABEL c=d
`,
};
