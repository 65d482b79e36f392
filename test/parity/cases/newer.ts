import type { Cases } from "./case.ts";

/** What Docker 20.10 could not read yet, and what has the same result in its language; times aside, and the number of layers. */
export const newerCases: Cases = {
  "newer-link": {
    text: "FROM busybox\nCOPY --link a.txt dir /to/\nADD --link --chown=3:4 tree.tar b.txt /added/\nCOPY --link --chmod=640 c.md /c/d/e\n",
    older:
      "FROM busybox\nCOPY a.txt dir /to/\nADD --chown=3:4 tree.tar b.txt /added/\nCOPY c.md /c/d/e\nRUN chmod 640 /c/d/e\n",
  },
  "newer-parents": {
    text: "FROM busybox\nCOPY --parents dir/sub/three a.txt /p/\nCOPY --parents dir/sub/./deep/four other/./file /pivot/\n",
    older: `FROM busybox
RUN mkdir -p /p/dir/sub && chmod 700 /p/dir/sub
COPY dir/sub/three /p/dir/sub/three
COPY a.txt /p/
COPY dir/sub/deep/four /pivot/deep/four
COPY other/file /pivot/file
`,
  },
  "newer-parents-globs": {
    text: "FROM busybox\nCOPY --parents dir/s*/three [ab].txt /p/\nCOPY --parents ./dir/**/four /stars/\n",
    older: `FROM busybox
RUN mkdir -p /p/dir/sub /stars/dir/sub && chmod 700 /p/dir/sub /stars/dir/sub
COPY dir/sub/three /p/dir/sub/three
COPY a.txt b.txt /p/
COPY dir/sub/deep/four /stars/dir/sub/deep/four
`,
  },
  "newer-exclude": {
    text: "FROM busybox\nCOPY --exclude=sub --exclude=**/*.txt dir /x/\nCOPY --exclude=**/t* --exclude=empty dir /y/\n",
    older: `FROM busybox
COPY dir /x/
RUN rm -r /x/sub /x/two.txt
COPY dir /y/
RUN rm -r /y/two.txt /y/sub/three /y/empty
`,
  },
  "newer-chmod-symbolic": {
    text: "FROM busybox\nCOPY --chmod=u=rwX,go=rX dir/sub private script /x/\nCOPY --chmod=a-w,u+x a.txt /y\n",
    older:
      "FROM busybox\nCOPY dir/sub private script /x/\nRUN chmod -R u=rwX,go=rX /x/*\nCOPY a.txt /y\nRUN chmod 544 /y\n",
  },
  "newer-unpack": {
    text: "FROM busybox\nADD --unpack=false tree.tar.gz /kept.tar.gz\nADD --unpack=true tree.tar /t\n",
    older: "FROM busybox\nCOPY tree.tar.gz /kept.tar.gz\nADD tree.tar /t\n",
  },
  "newer-run-heredoc": {
    text: `FROM busybox
ENV V=value
RUN <<EOF
echo one > /one
  echo "$V" 'two' > /two
EOF
RUN <<-"EOF"
	echo $V tab > /tab
	EOF
RUN cat <<A > /a && cat <<B > /b
from a $V
A
from b
B
RUN <<EOF
#!/bin/busybox sh
echo shebang $0 | sed s/EOF// > /shebang
EOF
`,
    older: `FROM busybox
ENV V=value
RUN echo one > /one; echo "$V two" > /two; echo value tab > /tab
RUN echo from a value > /a; echo from b > /b; echo shebang /dev/pipes/ > /shebang
`,
  },
  "newer-copy-heredoc": {
    text: `FROM busybox
ENV V=value
COPY <<one <<"two" /d/
first $V "quoted" \\$V
one
second $V
two
COPY --chmod=755 --chown=5:6 <<EOF /script
#!/bin/sh
EOF
COPY a.txt <<-three /mixed/
	no tabs
	three
`,
    older: `FROM busybox
ENV V=value
RUN mkdir /d /mixed && echo 'first value "quoted" $V' > /d/one && echo 'second $V' > /d/two
RUN echo '#!/bin/sh' > /script && chmod 755 /script && chown 5:6 /script && echo no tabs > /mixed/three
COPY a.txt /mixed/
`,
  },
  "newer-expansions": {
    text: `FROM busybox
ENV V=one-two-one.tar.gz
ENV A=\${V#*-} B=\${V##*-} C=\${V%-*} D=\${V%%-*} E=\${V/one/1} F=\${V//one/1} G=\${V-unset} H=\${NO-unset}
`,
    older: `FROM busybox
ENV V=one-two-one.tar.gz
ENV A=two-one.tar.gz B=one.tar.gz C=one-two D=one E=1-two-one.tar.gz F=1-two-1.tar.gz G=one-two-one.tar.gz H=unset
`,
  },
  "newer-add-git": {
    text: `FROM busybox
ADD SERVER/repository.git /whole
ADD SERVER/repository.git#v1:folder /part/
ADD --chown=4:5 --keep-git-dir=false SERVER/repository.git#main /owned
`,
    older: `FROM busybox
RUN mkdir -p /whole/folder /part /owned/folder
RUN echo two > /whole/file && echo sub > /whole/folder/sub && ln -s folder/sub /whole/link && cp -a /whole/. /owned/
RUN printf '#!/bin/sh\\n' > /whole/script && chmod 755 /whole/script && cp -a /whole/script /owned/ && chown -hR 4:5 /owned
RUN echo sub > /part/sub
`,
  },
  "newer-start-interval": {
    text: "FROM busybox\nHEALTHCHECK --interval=10s --start-period=5s --start-interval=500ms CMD true\n",
    older: "FROM busybox\nHEALTHCHECK --interval=10s --start-period=5s CMD true\n",
  },
  "newer-add-checksum": {
    text: "FROM busybox\nADD --checksum=sha256:c5acc4ae7d85cda11df11e6bc0c06ab55bffbd2b3db121d0a9e3ebb98bd98cac SERVER/file /x\n",
    older: "FROM busybox\nADD SERVER/file /x\n",
  },
};
