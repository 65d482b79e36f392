/**
 * Dockerfiles with what is easy to get wrong, for the context that `context.sh` makes. All of them are read by BuildKit as of
 * Docker 20.10 and by the classic builder.
 */
export const cases: Readonly<Record<string, string>> = {
  "copy-files": `FROM busybox
COPY a.txt /one
COPY a.txt /in/
COPY a.txt b.txt /several/
COPY ["with space", "b[[]1].txt", "/json form/"]
COPY ä /ü/
COPY suid private script hard1 /modes/
COPY . /all/
`,
  "copy-directories": `FROM busybox
COPY dir /content
COPY dir/ /slash/
COPY dir dirlink other /merged/
COPY dir/sub dir/empty /nested/into/
COPY dir/. /dotted
COPY other/ /tmp
`,
  "copy-wildcards": `FROM busybox
COPY *.txt /texts/
COPY ?.md /mark/
COPY dir/*/three /three/
COPY d* /d/
COPY [ab].txt /ab/
COPY .d* .hid* /dots/
COPY hard* /hards/
`,
  "copy-links": `FROM busybox
COPY link /followed
COPY link /link-in/
COPY dirlink /dirlink
COPY dirlink/sub /through
COPY hards /hards
COPY dir /links
COPY . /whole
`,
  "copy-destinations": `FROM busybox
RUN mkdir -p /real/deep && ln -s /real /link && ln -s deep /real/rel && ln -s /missing /dangling && touch /real/a.txt && ln -s a.txt /real/filelink && ln -s ../../../real /outside
COPY a.txt /link/
COPY b.txt /link/named
COPY a.txt /link/rel/
COPY b.txt /real/filelink
COPY a.txt /dangling/
COPY dir /link
COPY a.txt /outside/deep/new/path
WORKDIR /work
COPY a.txt .
COPY a.txt ./
COPY b.txt sub/
COPY b.txt ../up/b
COPY dir .
`,
  "copy-replaces": `FROM busybox
RUN mkdir -p /d/one /e && echo old > /e/one && chmod 700 /e && ln -s nowhere /e/two.txt && chown 5:6 /e
COPY dir /e
COPY a.txt /etc/group
COPY dir/sub /e/sub
`,
  "copy-owners": `FROM busybox
RUN echo me:x:77:88::/:/bin/sh >> /etc/passwd && echo team:x:99: >> /etc/group
COPY --chown=1:2 a.txt /numeric
COPY --chown=7 a.txt /uid-only
COPY --chown=me a.txt /name
COPY --chown=me:team dir /made/for/it/
COPY --chown=me:5 suid /suid
COPY --chown=3:team script /script
USER me
COPY a.txt /still-root
WORKDIR /home/me/work
COPY --chown=nobody:nobody other/ .
ADD --chown=me tree.tar /added/
ADD --chown=me:team a.txt /added.txt
`,
  "copy-stage": `FROM busybox AS first
RUN mkdir -p /o/p && echo x > /o/p/x && chown -R 9:9 /o && chmod 4711 /o/p/x && ln -s p /o/q && ln /o/p/x /o/p/y && touch -d '2001-01-01 00:00:00' /o/p/x /o/p
FROM first AS second
COPY --from=0 /o /second
FROM busybox
COPY --from=first /o /a
COPY --from=first /o/p/x /o/q /b/
COPY --from=second /second/p/* /c/
COPY --from=1 --chown=4:4 /second /d/
COPY --from=busybox /etc/passwd /e/passwd
`,
  "copy-chmod": `FROM busybox
COPY --chmod=0640 a.txt /file
COPY --chmod=750 dir /dir
COPY --chmod=4755 --chown=8:8 script /set
COPY --chmod=600 link /link
`,
  "add-archives": `FROM busybox
ADD tree.tar /plain
ADD tree.tar.gz /gz/
ADD tree.tar.xz /xz/
ADD tree.tar.bz2 /bz2/new
ADD noextension /noextension/
ADD fake.tar /fake.tar
ADD plain.gz /plain.gz
ADD plain.gz /gzdir/
ADD empty.tar /empty/
ADD a.txt tree.tar /mixed/
ADD dir /dir/
COPY tree.tar.gz /copied/
WORKDIR /here
ADD tree.tar .
`,
  workdir: `FROM busybox
WORKDIR relative
RUN pwd > /pwd1
WORKDIR nested/deeper
WORKDIR ../up
ENV BASE=/var/base NAME=n
WORKDIR $BASE/\${NAME}/\${UNSET:-fallback}
RUN pwd > /pwd2
WORKDIR "/quoted path/x"
WORKDIR /slash/end/
USER nobody
WORKDIR /owned/by/nobody
`,
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
  modes: `FROM busybox
RUN touch /s && chmod 6755 /s && chown 3:3 /s && chmod 4755 /s
RUN mkdir /e /e/f && chmod 1777 /e && mkdir -m 000 /none && umask > /umask
RUN ln /s /t && ln -s /s /u && mkfifo /fifo && mknod /null c 1 3
RUN rm /t && chmod 700 /etc
RUN rm -r /usr && mkdir /usr && echo new > /usr/new
RUN mv /home /house && rm -r /var && ln -s /house /var
RUN true
`,
  removals: `FROM busybox
COPY dir /d
RUN rm -r /d && mkdir -p /d/again && mv /etc/passwd /etc/pw
COPY a.txt /d/sub
RUN rm /d/sub && mkdir /d/sub && rm -rf /tmp
RUN echo back > /etc/passwd
`,
  "ignore-rules": `FROM busybox
COPY . /c/
`,
  "run-forms": `FROM busybox
RUN ["sh", "-c", "echo $0 json > /json"]
RUN echo "a  b" 'c' \\$HOME $HOME \${HOME} > /shell
RUN echo hosts > /etc/hosts-not; ls -a /etc > /etc-list; ls -a / > /root-list
RUN echo \\
  multi \\

  line > /multi
RUN [ -f /json ] && echo test > /test
`,
  scratch: `FROM scratch
COPY a.txt dir/ /
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
  "stage-name-and-number": `FROM busybox AS Zero
RUN echo z > /z
FROM zero
COPY --from=Zero /z /y
COPY --from=0 /z /x
`,
};
