FROM scratch
CMD ["a\tb", "é\u00e9", ""]
CMD   [  ]
CMD ['single']
CMD ["open", "b"
CMD ["a"] b
ENTRYPOINT []
SHELL ["/bin/bash", "-c"]
COPY ["a b", "c d/", "/e f/"]
VOLUME ["/a", "/b c"]
VOLUME /a /b
HEALTHCHECK --interval=5s CMD ["curl", "x"]
HEALTHCHECK CMD   curl x
HEALTHCHECK NONE
