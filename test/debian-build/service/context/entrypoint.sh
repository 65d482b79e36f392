#!/bin/sh
set -e
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
    chown -R store:store /data
    exec setpriv --reuid=store --regid=store --clear-groups "$0" "$@"
fi
exec "$@"
