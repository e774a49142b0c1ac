#!/usr/bin/env bash
# Runs an image where no container engine runs: as the image's own user, with a
# read-only root, in a mount namespace of its own, with umoci (Debian: umoci). As root.
#
#   scripts/run-image.sh [--mount FOLDER:PATH]... [--env NAME=VALUE]... ARCHIVE [ARGUMENT]...
#
# ARCHIVE is what scripts/image.sh makes. FOLDER is mounted read-only, or to be written
# to with FOLDER:PATH:rw. The network is this machine's, with its names.
set -euo pipefail

mounts=() environment=()
while [ $# -gt 1 ]; do
  case $1 in
    --mount) mounts+=("$2") ;;
    --env) environment+=("$2") ;;
    *) break ;;
  esac
  shift 2
done
archive=$(realpath "${1:?an archive}")
shift

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/layout"
tar --extract --file "$archive" --directory "$work/layout"
# The name of an image has a colon, which umoci would take for the beginning of a tag.
sed -i 's|\("org.opencontainers.image.ref.name":\)"[^"]*"|\1"image"|' "$work/layout/index.json"
umoci unpack --image "$work/layout:image" "$work/bundle" >/dev/null

root=$work/bundle/rootfs
# The user, and then the command, a line each.
described='
import json, sys
process = json.load(open(sys.argv[1]))["process"]
print("{uid}:{gid}".format(**process["user"]), *process["args"], sep="\n")
'
mapfile -t entrypoint < <(python3 -c "$described" "$work/bundle/config.json")
user=${entrypoint[0]}
entrypoint=("${entrypoint[@]:1}")
if [ $# -gt 0 ]; then entrypoint=("${entrypoint[0]}" "$@"); fi

# Docker and Kubernetes mount these into every container. By /proc a program finds
# what lies beside it.
mkdir "$root/proc"
mounts+=("/proc:/proc")
for name in resolv.conf hosts; do
  : >"$root/etc/$name"
  mounts+=("/etc/$name:/etc/$name")
done

# The devices that every container has (OCI runtime specification, default devices).
mkdir "$root/dev"
for name in null zero full random urandom tty; do
  : >"$root/dev/$name"
  mounts+=("/dev/$name:/dev/$name")
done

# Within the namespace: what is mounted there ends with it.
inside() {
  set -euo pipefail
  mount --bind "$root" "$root"
  local each from to writable
  for each in "${mounts[@]}"; do
    IFS=: read -r from to writable <<<"$each"
    mount --bind "$from" "$root$to"
    if [ "$writable" != rw ]; then mount -o remount,bind,ro "$root$to"; fi
  done
  mount -o remount,bind,ro "$root"
  exec env --ignore-environment "${environment[@]}" "$(type -P chroot)" --userspec="$user" "$root" "${entrypoint[@]}"
}
export -f inside
export root user
unshare --mount --propagation private bash -c "$(declare -p mounts environment entrypoint); inside"
