FROM scratch
RUN <<EOF
echo $A \
# not a comment
EOF
RUN <<-"END" cat > /x && 3<<B python
	a
		b
	END
c
B
COPY --chmod=644 <<a.txt <<'b.txt' /dir/
$x
a.txt
$y
b.txt
ADD << spaced /
 spaced
spaced
RUN ["echo", "<<EOF"]
RUN echo 'a <<NO' $((1<<2)) <<<here
ONBUILD RUN <<IN
later
IN
USER <<EOF
