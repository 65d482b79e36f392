
# first
#
# base is what all go on from

  # of the stages
	FROM scratch AS base
# not a # comment
RUN echo # c
