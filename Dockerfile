# The program in an image without a shell, run by a user without rights:
#
#   docker build --tag backtrail .
#   docker run --rm --volume ~/archive:/archive:ro backtrail audit /archive
#
# A release does not build it a second time: `--build-arg PROGRAM=built` takes what is in
# dist/image/amd64 and dist/image/arm64.
ARG PROGRAM=source

FROM rust:1.95-bookworm AS source
ARG BACKTRAIL_COMMIT
ARG SOURCE_DATE_EPOCH
WORKDIR /backtrail
COPY . .
RUN cargo build --release --locked --bin backtrail && cp target/release/backtrail /

FROM scratch AS built
ARG TARGETARCH
COPY dist/image/${TARGETARCH}/backtrail /

FROM ${PROGRAM} AS program

FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=program /backtrail /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/backtrail"]
