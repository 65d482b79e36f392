FROM scratch
ENV a=b c="d e" f='g h' i=j\ k l=
ENV old value with  blanks "and quotes"
ENV multi=1 \
    line=2
LABEL "com.example"="x y" d.e=f
LABEL description text here
ARG plain
ARG one=1 two="2 2" three
ENV a=b=c
