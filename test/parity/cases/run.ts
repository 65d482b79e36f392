import type { Cases } from "./case.ts";

/** What commands leave, and the directories that they run in. */
export const runCases: Cases = {
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
  "run-forms": `FROM busybox
RUN ["sh", "-c", "echo $0 json > /json"]
RUN echo "a  b" 'c' \\$HOME $HOME \${HOME} > /shell
RUN echo hosts > /etc/hosts-not; ls -a /etc > /etc-list; ls -a / > /root-list
RUN echo \\
  multi \\

  line > /multi
RUN [ -f /json ] && echo test > /test
`,
  "workdir-forms": `FROM busybox
ARG SUB=sub
WORKDIR /a
WORKDIR b
WORKDIR ./c/../d
WORKDIR $SUB
WORKDIR "with space"
WORKDIR /
WORKDIR tail/
WORKDIR //double//slash
RUN pwd > /pwd
`,
  "workdir-exists": `FROM busybox
RUN mkdir -p /there/deep && chmod 700 /there && chown 4:4 /there
WORKDIR /there
WORKDIR /there/deep
WORKDIR deeper
RUN ln -s /there /link
WORKDIR /link/through
`,
  "workdir-user": `FROM busybox
USER nobody
WORKDIR /home/of/nobody
RUN id -u > /tmp/id; pwd > /tmp/pwd
USER 12:34
WORKDIR numbers
USER 7
WORKDIR /uid/only
`,
  "run-user": `FROM busybox
RUN echo me:x:77:88::/home/me:/bin/sh >> /etc/passwd && echo team:x:99:me >> /etc/group && mkdir /out && chmod 777 /out
USER me
RUN id > /out/id; echo $HOME > /out/home; touch /out/mine
USER me:team
RUN id > /out/id2; touch /out/team
USER 77
RUN id -u > /out/id3; id -g > /out/gid3; echo $HOME > /out/home3
USER 1234
RUN id -u > /out/id4; echo $HOME > /out/home4
USER 12:34
RUN id -G > /out/id5
`,
  "run-environment": `FROM busybox
RUN env | sort > /env
RUN umask > /umask; ulimit -c > /dev/null; hostname > /dev/null; pwd > /pwd
RUN echo $$ > /pid; cat /proc/self/cmdline | tr '\\0' ' ' > /cmdline
RUN [ -t 0 ] && echo tty > /tty || echo none > /tty; cat > /stdin
`,
  "run-leaves-nothing": `FROM busybox
RUN true
RUN ["true"]
RUN touch /tmp/x && rm /tmp/x
`,
  "run-json-forms": `FROM busybox
RUN [ "echo", "a \\"b\\"" ]
RUN ["/bin/sh", "-c", "echo \\"$HOME\\" > /own"]
RUN [ "touch" , "/with space" ]
`,
  "run-times": `FROM busybox
RUN touch -d '2001-02-03 04:05:06' /old && touch -d '2030-01-01 00:00:00' /future && mkdir /d && touch -d '1999-01-01 00:00:00' /d
RUN cp -a /old /kept && ln /old /hard && touch -h -d '2002-01-01 00:00:00' /old
`,
  "run-special-files": `FROM busybox
RUN mkfifo /p && mknod /c c 5 1 && mknod /b b 7 0 && chmod 620 /c && chown 0:5 /c
RUN dd if=/dev/zero of=/sparse bs=1 count=1 seek=100000 2>/dev/null
RUN mkdir -p "/with  spaces/ä" && touch "/with  spaces/ä/*" '/back\\slash'
RUN ln -s "a b" /sl && ln -s / /root-link && ln -s "" /none 2> /dev/null; true
`,
  "run-replaces-kinds": `FROM busybox
RUN mkdir /a && touch /a/f && touch /b && ln -s /a /c && mkdir -p /d/e/f && touch /d/e/f/g
RUN rm -r /a && touch /a && rm /b && mkdir /b && rm /c && mkdir /c && mv /d/e /d/h
RUN rm -r /d && ln -s b /d && touch /d/through
RUN rm -r /b /c && mkdir /b
`,
  "run-opaque": `FROM busybox
RUN mkdir -p /o/x/y && touch /o/x/y/z /o/f
RUN rm -rf /o && mkdir /o && touch /o/new
RUN rm -rf /o/new /o && mkdir -p /o/x && touch /o/x/again
`,
  "run-mounts": `FROM busybox AS s
RUN mkdir /from && echo stage > /from/f
FROM busybox
RUN --mount=type=bind,target=/ctx cp /ctx/a.txt /copied; ls /ctx/dir > /listed; touch /ctx/x 2>/dev/null || echo ro > /ro
RUN --mount=type=bind,from=s,source=/from,target=/deep/er/in,rw touch /deep/er/in/new && ls /deep/er/in > /new
RUN --mount=type=cache,target=/cache,id=parity echo kept > /cache/f; ls -ld /cache | cut -c1-10 > /cache-looks
RUN --mount=type=tmpfs,target=/etc/none touch /etc/none/x; mount | grep -c 'tmpfs on /etc/none' > /tmpfs
RUN --mount=type=secret,id=nothing,target=/run/secrets/n ls -a /run/secrets 2> /dev/null | wc -l > /secret
RUN ls / > /root-list
`,
};
