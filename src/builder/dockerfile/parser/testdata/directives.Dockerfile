#  SYNTAX = docker/dockerfile:1  
# escape=`
# check=skip=all;error=true
# a comment ends them
# escape=\
FROM windows
RUN dir C:\ `
  /s
COPY a` b C:\dir\
