# Zuruf as a container: how to run it is in docs/deploy-container.md.
# Builds with docker, podman or buildah. Two optional secrets, for builders behind a mirror or a proxy:
#   pip.conf  pip's settings (index, credentials)        ca  certificates to trust, named in pip.conf as /run/secrets/ca

FROM debian:bookworm-slim AS base
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/*


FROM base AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3-venv \
 && rm -rf /var/lib/apt/lists/*
# Two environments, so that the one that is shipped holds no installer.
RUN python3 -m venv /opt/installer && python3 -m venv --without-pip /opt/zuruf
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
WORKDIR /src
COPY requirements.lock ./
# Wheels only, nothing is compiled; but for atomicwrites (matrix-nio wants it), which is Python and comes as source only.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf --mount=type=secret,id=ca \
    /opt/installer/bin/pip --python /opt/zuruf/bin/python install \
      --require-hashes --only-binary :all: --no-binary atomicwrites -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY privacy privacy
COPY dialogs dialogs
COPY storage storage
COPY adapters adapters
COPY desk desk
COPY bot bot
# The build backend is in the lock for exactly this step; the running image needs it no more.
RUN /opt/installer/bin/pip --python /opt/zuruf/bin/python install --no-index --no-deps --no-build-isolation . \
 && /opt/installer/bin/pip --python /opt/zuruf/bin/python uninstall -q -y hatchling pathspec pluggy trove-classifiers


FROM base
LABEL org.opencontainers.image.title="Zuruf" \
      org.opencontainers.image.description="Privacy-friendly conversations between a town and its citizens, in the messengers they already use." \
      org.opencontainers.image.licenses="EUPL-1.2"
RUN groupadd --gid 10001 zuruf \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /state --shell /usr/sbin/nologin zuruf \
 && install -d -m 0700 -o 10001 -g 10001 /state
COPY --from=build /opt/zuruf /opt/zuruf
ENV PATH=/opt/zuruf/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ZURUF_STATE_DIR=/state \
    ZURUF_HTTP_HOST=0.0.0.0 \
    ZURUF_HTTP_PORT=8080 \
    ZURUF_LOG_FORMAT=json
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /state
VOLUME ["/state"]
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python3", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['ZURUF_HTTP_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["zuruf"]
CMD ["run"]
