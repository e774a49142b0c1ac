#!/usr/bin/env bash
# Builds the image where no container engine runs, of programs that are there already,
# with buildah (Debian: buildah). It is the last stage of the Dockerfile over the same
# root file system; what is in it is listed with its sizes.
#
#   scripts/image.sh [--other NOTIFIER] [--output FOLDER] FOLDER-WITH-THE-PROGRAMS
#
# Static programs, as the image has them:
#
#   RUSTFLAGS="-C target-feature=+crt-static" cargo build --release --locked \
#     --no-default-features --target x86_64-unknown-linux-gnu --bin foghorn --bin foghorn-notifier
#   scripts/image.sh target/x86_64-unknown-linux-gnu/release
#
# `--other` is a notifier for the other processor. `--output` (target/image) gets
# rootfs/ and foghorn.oci.tar, which scripts/run-image.sh runs, and which
# `skopeo copy oci-archive:… docker://…` pushes. A program that is not static gets its
# libraries beside it, with a warning: good to try the layout, and for nothing else.
set -euo pipefail

here=$(realpath "$(dirname "$0")")
source=$(dirname "$here")
output=$source/target/image
other=
while [ $# -gt 1 ]; do
  case $1 in
    --other) other=$(realpath "$2") ;;
    --output) output=$2 ;;
    *) echo "unknown option $1" >&2; exit 1 ;;
  esac
  shift 2
done
programs=$(realpath "${1:?a folder with foghorn and foghorn-notifier}")

# Copies the libraries of a program that is not static.
libraries() {
  local library
  # A static program has none, and is no failure.
  { ldd "$1" 2>/dev/null | grep -o '/[^ ]*' || true; } | while read -r library; do
    echo "warning: $(basename "$1") is not static: $library comes along" >&2
    install -D --mode 0755 "$library" "$output/rootfs$library"
  done
}

rm -rf "$output/rootfs" "$output/storage" "$output/context" "$output/foghorn.oci.tar"
mkdir -p "$output/context"
output=$(realpath "$output")

target=$(od -An -tx2 -j18 -N2 "$programs/foghorn" | tr -d ' ')
case $target in
  003e) processor=x86_64 platform=linux/amd64 ;;
  00b7) processor=aarch64 platform=linux/arm64 ;;
  *) echo "$programs/foghorn is a program for neither x86_64 nor aarch64" >&2; exit 1 ;;
esac
python3 "$here/sbom.py" --target "$processor-unknown-linux-gnu" >"$output/sbom.cdx.json"
"$here/rootfs.sh" "$output/rootfs" "$output/sbom.cdx.json" "$programs/foghorn" "$programs/foghorn-notifier" ${other:+"$other"}
for program in foghorn foghorn-notifier; do libraries "$programs/$program"; done

# The last stage alone: the one before it needs a network.
tac "$source/Dockerfile" | sed '/^FROM /q' | tac >"$output/Containerfile"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$source/Cargo.toml" | head -1)
storage=(--storage-driver vfs --root "$output/storage" --runroot "$output/storage/run")
buildah "${storage[@]}" bud --quiet --isolation chroot --format oci --platform "$platform" \
  --build-context "build=$output" \
  --build-arg "VERSION=$version" \
  --build-arg "REVISION=$(git -C "$source" rev-parse HEAD 2>/dev/null || echo unknown)" \
  --build-arg "CREATED=$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
  --tag foghorn --file "$output/Containerfile" "$output/context" >/dev/null
buildah "${storage[@]}" push --quiet foghorn "oci-archive:$output/foghorn.oci.tar:foghorn:$version"
rm -rf "$output/storage" "$output/context" "$output/Containerfile"

echo "in the image:"
(cd "$output/rootfs" && find . -mindepth 1 \( -type f -printf '%10s  %M  %p\n' -o -type l -printf '         -  %M  %p -> %l\n' -o -printf '         -  %M  %p/\n' \) | sort -k3)
echo "unpacked:   $(du --apparent-size --summarize --block-size=1 "$output/rootfs" | cut -f1) bytes"
echo "compressed: $(stat --format %s "$output/foghorn.oci.tar") bytes, $output/foghorn.oci.tar"
