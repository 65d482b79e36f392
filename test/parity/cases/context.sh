#!/bin/sh -e
# The context of all cases, made in the current folder: everything a COPY may meet.
mkdir -p dir/sub/deep dir/empty other .hidden
echo a > a.txt; echo b > b.txt; echo c > c.md
echo one > dir/one; echo two > dir/two.txt; echo three > dir/sub/three; echo four > dir/sub/deep/four
echo hidden > .hidden/file; echo dot > .dot; echo other > other/file
ln -s a.txt link; ln -s dir dirlink; ln -s /nowhere dangling; ln -s ../a.txt dir/up; ln -s one dir/sibling
echo hard > hard1; ln hard1 hard2; mkdir hards; echo h > hards/x; ln hards/x hards/y
echo suid > suid; chmod 4755 suid; echo private > private; chmod 600 private
printf '#!/bin/sh\necho run\n' > script; chmod 755 script; chmod 1777 other; chmod 700 dir/sub
echo space > 'with space'; echo brackets > 'b[1].txt'; echo umlaut > 'ä'
mkfifo dir/pipe 2> /dev/null || true
rm -f dir/pipe
mkdir t; mkdir t/folder; echo in > t/folder/in; ln -s in t/folder/to; echo top > t/top; chmod 6750 t/top
chown -R 1234:4321 t/folder; ln t/top t/tophard
tar -C t -cf tree.tar .; gzip -k tree.tar; xz -k tree.tar; bzip2 -k tree.tar
cp tree.tar.gz noextension; rm -r t
echo text | gzip > plain.gz; echo 'no archive' > fake.tar; : > empty.tar
setfattr -n user.note -v kept a.txt 2> /dev/null || true
cat > .dockerignore <<'I'
# what is kept out
**/*.skip
skipped
!skipped/kept
  spaced.txt
deep/**
!deep/a/b
deep/a/b/not
/*.tmp
!*.keep.tmp
I
mkdir -p skipped deep/a/b deep/c; echo s > skipped/no; echo k > skipped/kept; echo s > dir/x.skip; echo s > spaced.txt
echo f > deep/f; echo f > deep/a/f; echo f > deep/a/b/f; echo f > deep/a/b/not; echo f > deep/c/f
echo t > x.tmp; echo t > x.keep.tmp; echo t > other/x.tmp
find . -exec touch -h -d '2020-02-02 02:02:02 UTC' {} +
