FROM --platform=$BUILDPLATFORM debian:12 AS base
COPY --from=x --chown="a b":c --link a b
COPY --chown=a\ b a b
COPY --é=ü a b
RUN --mount=type=cache,target=/x \
    --network=none \
    make --jobs=4
RUN -- --odd
RUN --mount=type=bind,target=. ["ls", "--all"]
RUN -x --y
from   lower   as   x
WORKDIR /a b  c
EXPOSE 80 443/tcp	8000-8010/udp
STOPSIGNAL  SIGTERM
MAINTAINER  A Name <a@example.org>
ONBUILD ADD --chmod=600 a /b
FOO bar
