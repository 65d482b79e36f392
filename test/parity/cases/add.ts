import type { Cases } from "./case.ts";

/** What ADD makes of archives. */
export const addCases: Cases = {
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
  "add-owners": `FROM busybox
ADD --chown=1:2 tree.tar /t
ADD --chown=3 a.txt dir /d/
ADD --chown=nobody tree.tar.gz noextension /n/
`,
  "add-over": `FROM busybox
RUN mkdir -p /t/folder && echo old > /t/top && ln -s /elsewhere /t/folder/to && mkdir -p /l && ln -s l /k && chmod 700 /t
ADD tree.tar /t
ADD tree.tar.xz /k
ADD tree.tar.bz2 /k/
`,
  "add-to-file-name": `FROM busybox
ADD tree.tar /named.tar
ADD plain.gz /named.gz
ADD a.txt /named.txt
ADD tree.tar.gz tree.tar /both/
`,
  "add-wildcards": `FROM busybox
ADD tree.* /t/
ADD *.gz /gz/
ADD o* /o/
`,
  "add-from-directory": `FROM busybox
ADD . /all/
ADD dir /dir
ADD other/ /tmp/
`,
  "add-url": `FROM busybox
ADD SERVER/file /as-file
ADD SERVER/file /in/
ADD SERVER/path/named.txt?query=1 SERVER/file /several/
ADD --chown=7:8 SERVER/file /owned
ADD SERVER/archive.tar.gz /archive/
ADD SERVER/undated /undated
ADD SERVER/moved /moved/
`,
};
