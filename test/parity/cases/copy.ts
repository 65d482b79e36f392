import type { Cases } from "./case.ts";

/** What COPY makes of the context and of stages. */
export const copyCases: Cases = {
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
COPY [ab].txt /ab/
COPY .d* .hid* /dots/
COPY hard* /hards/
`,
  "copy-glob-through-file": `FROM busybox
COPY dir/*/three /three/
COPY dir/**/three /stars/
COPY */one /one/
`,
  "copy-glob-dangling": `FROM busybox
COPY d* /d/
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
  "ignore-rules": `FROM busybox
COPY . /c/
`,
  scratch: `FROM scratch
COPY a.txt dir/ /
`,
  "copy-glob-forms": `FROM busybox
COPY dir/[os]* /set/
COPY ?.txt /q/
COPY a.[a-z]* /range/
COPY a.tx[^x] b.txt* /mixed/
COPY [^a-d]* /not/
`,
  "copy-glob-of-one": `FROM busybox
COPY a.t?t /file
COPY oth* /directory
COPY .do* /dot
`,
  "copy-dots": `FROM busybox
WORKDIR /w
COPY ./a.txt ./one
COPY ./dir/../b.txt two
COPY /a.txt three
COPY ../a.txt four
COPY / five
COPY ./ six/
COPY dir/.. seven/
COPY a.txt ..
COPY a.txt /x/./y/../z
COPY b.txt /.
COPY dir/. /eight/.
`,
  "copy-into-existing": `FROM busybox
RUN mkdir -p /e/dir/sub /f && chmod 500 /e/dir && touch -d 2000-01-01 /e/dir && echo old > /f/a.txt && chmod 600 /f/a.txt && chown 5:5 /f/a.txt
COPY . /e
COPY a.txt b.txt /f/
COPY dir /f
COPY dir/ /f/dir
`,
  "copy-through-links": `FROM busybox
RUN mkdir /real && ln -s /real /abs && ln -s real /rel && ln -s /abs /twice && ln -s /real/none /real/dangle && ln -s missing/deep /lost
COPY a.txt /abs/
COPY b.txt /rel/
COPY c.md /twice/
COPY dir /twice/dir
COPY a.txt /real/dangle
COPY --chown=3:3 dir /abs
COPY a.txt /lost/
`,
  "copy-over-link": `FROM busybox
RUN mkdir /t && touch /t/f && ln -s f /t/link && ln -s /t /t/self && mkdir /t/two.txt.d && ln -s /etc /t/dir
COPY a.txt /t/link
COPY dir /t/self/in
COPY other /t/dir/other
COPY link /t/l1
COPY dirlink/ /t/l2/
`,
  "copy-chown-forms": `FROM busybox
ARG U=9
COPY --chown=$U a.txt /a
COPY --chown=$U:\${U} a.txt /b
COPY --chown=root:root private /c
COPY --chown=0 private /d
COPY --chown=:5 a.txt /e
COPY --chown=65534:65534 dir/ /f/
COPY --chown=55:66 a.txt /new/deep/dir/
`,
  "copy-from-numbers": `FROM busybox
RUN echo 0 > /zero
FROM busybox
RUN echo 1 > /one
COPY --from=0 zero /
FROM scratch
COPY --from=1 /one /zero /
COPY --from=0 /etc/passwd /etc/
`,
  "copy-from-links": `FROM busybox AS s
RUN mkdir -p /s/real && touch /s/real/f && ln -s real /s/link && ln -s /s/real/f /s/abs && ln -s ../../../../s/real /s/up && ln -s nowhere /s/dangling && mkfifo /s/real/fifo
FROM busybox
COPY --from=s /s/link /dir
COPY --from=s /s/link/f /file
COPY --from=s /s/abs /abs
COPY --from=s /s/up /up
COPY --from=s /s /all
COPY --from=s /s/[ar]* /glob/
`,
  "copy-from-hardlinks": `FROM busybox AS s
RUN mkdir /h && echo x > /h/a && ln /h/a /h/b && mkdir /h/d && ln /h/a /h/d/c && chmod 4755 /h/a
FROM busybox
COPY --from=s /h /h
COPY --from=s /h/a /h/b /two/
COPY --from=s /h/* /glob/
COPY --from=s --chown=7:7 /h /owned
`,
  "copy-whole-stage": `FROM busybox AS s
RUN mkdir /x && touch /x/y
FROM scratch
COPY --from=s / /
`,
  "copy-whole-stage-below": `FROM busybox AS s
RUN echo x > /x
FROM busybox
COPY --from=s . /root-of-s/
COPY --from=s etc /etc-of-s
`,
  "copy-to-root": `FROM busybox
COPY a.txt /
COPY b.txt .
COPY dir/one ./
COPY other /
`,
  "copy-chmod-forms": `FROM busybox
COPY --chmod=0777 a.txt /a
COPY --chmod=400 dir/sub /b
COPY --chmod=755 --chown=1:2 a.txt b.txt /c/
COPY --chmod=1777 other /d
COPY --chmod=0 a.txt /e
`,
};
