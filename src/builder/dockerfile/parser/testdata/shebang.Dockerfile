#!/usr/bin/env -S slipway build -f
# syntax=docker/dockerfile:1
FROM scratch
