# The same environment with other versions of some packages.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
USER 1000
COPY packages.txt constraints.txt /tmp/
RUN pip install --no-cache-dir --disable-pip-version-check -c /tmp/constraints.txt -r /tmp/packages.txt
