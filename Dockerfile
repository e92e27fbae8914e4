# The project with all it needs: after the build nothing is fetched. docs/reproduce.md says how it is used.
# Python as on the machine where expected/ was made, so that a reproduction is held to the byte.
FROM python:3.11-slim-bookworm

# faketime is what a reproduction changes the clock with.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends faketime git make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 reviewer \
    && install -d -o reviewer -g reviewer /project

COPY requirements.lock /tmp/requirements.lock
RUN python -m pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.lock

USER 1000
WORKDIR /project
COPY --chown=reviewer:reviewer . .

ENTRYPOINT ["make", "PYTHON=python"]
CMD ["reproduce"]
