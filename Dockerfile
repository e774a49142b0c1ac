# syntax=docker/dockerfile:1
#
# Foghorn and its notifier as static programs, with certificates and nothing else.
#
#   docker buildx build --platform linux/amd64,linux/arm64 --sbom=true --provenance=true \
#     --build-arg VERSION=0.1.0 --build-arg REVISION="$(git rev-parse HEAD)" \
#     --build-arg CREATED="$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
#     --tag registry.example.com/foghorn:0.1.0 --push .

# The compiler runs on the machine's own processor, and builds for both.
FROM --platform=$BUILDPLATFORM rust:1.95.0-slim-bookworm AS build

# The compiler for the machine's own processor is there, by the same kind of name.
# Versions are those of the Debian release that the tag above names.
# hadolint ignore=DL3008
RUN case "$(dpkg --print-architecture)" in \
      amd64) compiler=gcc-aarch64-linux-gnu; library=libc6-dev-arm64-cross ;; \
      arm64) compiler=gcc-x86-64-linux-gnu; library=libc6-dev-amd64-cross ;; \
      *) echo "no compiler for both processors here" >&2; exit 1 ;; \
    esac \
 && apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3-minimal "$compiler" "$library" \
 && rm -rf /var/lib/apt/lists/* \
 && rustup target add x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu

ENV CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=x86_64-linux-gnu-gcc \
    CC_x86_64_unknown_linux_gnu=x86_64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc \
    RUSTFLAGS="-C target-feature=+crt-static"

WORKDIR /src
COPY . .

# Without the feature `demo`: the simulator has no place in production. Notifiers
# are built for both processors, since a Lambda function may run on either.
ARG TARGETARCH
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    case "$TARGETARCH" in \
      amd64) own=x86_64; other=aarch64 ;; \
      arm64) own=aarch64; other=x86_64 ;; \
      *) echo "no image for $TARGETARCH" >&2; exit 1 ;; \
    esac \
 && cargo build --release --locked --no-default-features --target "$own-unknown-linux-gnu" \
      --bin foghorn --bin foghorn-notifier \
 && cargo build --release --locked --no-default-features --target "$other-unknown-linux-gnu" \
      --bin foghorn-notifier \
 && python3 scripts/sbom.py --target "$own-unknown-linux-gnu" >/sbom.cdx.json \
 && scripts/rootfs.sh /rootfs /sbom.cdx.json \
      "target/$own-unknown-linux-gnu/release/foghorn" \
      "target/$own-unknown-linux-gnu/release/foghorn-notifier" \
      "target/$other-unknown-linux-gnu/release/foghorn-notifier"

# scripts/image.sh builds this stage from programs that are there already.
FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="Foghorn" \
      org.opencontainers.image.description="Makes sure that a failed Amazon ECS deployment is heard, in every AWS account and Region" \
      org.opencontainers.image.source="https://github.com/foghorn/foghorn" \
      org.opencontainers.image.documentation="https://github.com/foghorn/foghorn/tree/main/docs" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
COPY --from=build /rootfs /
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/foghorn"]
CMD ["--help"]
