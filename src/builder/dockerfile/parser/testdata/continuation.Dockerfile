FROM debian
RUN apt-get update \
    # why
 && apt-get install -y \
# a comment in the first column

      curl \  
 && true
RUN echo a\\
RUN echo \
RUN not an instruction
CMD last \
