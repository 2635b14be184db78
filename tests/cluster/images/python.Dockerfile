# Debian with an environment that user 1000 owns, as Jupyter's own images have it, and a set of packages in it.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN useradd --create-home --uid 1000 --user-group jovyan \
    && python3 -m venv /opt/venv \
    && chown -R 1000:1000 /opt/venv
ENV PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/home/jovyan \
    LANG=C.UTF-8 \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
USER 1000
COPY packages.txt constraints.txt /tmp/
RUN pip install --no-cache-dir --disable-pip-version-check -c /tmp/constraints.txt -r /tmp/packages.txt
WORKDIR /home/jovyan
ENTRYPOINT ["/usr/bin/tini", "-g", "--"]
