#!/bin/sh
# Lays out the image's root file system: all that is in the image is put there by
# this script, be it built by the Dockerfile or by image.sh.
#
#   scripts/rootfs.sh ROOT SBOM FOGHORN NOTIFIER [NOTIFIER-OF-OTHER-PROCESSOR]
#
# ROOT must not exist. The first notifier is the one of the image's own processor.
set -eu

root=$1 sbom=$2 foghorn=$3 notifier=$4 other=${5:-}
source=$(dirname "$0")/..
certificates=/etc/ssl/certs/ca-certificates.crt

# The processor of a program for Linux, by its ELF header.
processor() {
  case $(od -An -tx2 -j18 -N2 "$1" | tr -d ' ') in
    003e) echo x86_64 ;;
    00b7) echo aarch64 ;;
    *) echo "$1 is a program for neither x86_64 nor aarch64" >&2; exit 1 ;;
  esac
}

own=$(processor "$notifier")
if [ "$(processor "$foghorn")" != "$own" ]; then
  echo "$foghorn and $notifier are for different processors" >&2
  exit 1
fi

mkdir "$root"
# Beside the programs, the places where the fleet file and the store are mounted.
mkdir -p "$root/usr/local/bin" "$root/etc/ssl/certs" "$root/etc/foghorn" "$root/var/lib/foghorn" \
  "$root/usr/share/doc/foghorn"

install -m 0755 "$foghorn" "$root/usr/local/bin/foghorn"
install -m 0755 "$notifier" "$root/usr/local/bin/foghorn-notifier-$own"
ln -s "foghorn-notifier-$own" "$root/usr/local/bin/foghorn-notifier"
if [ -n "$other" ]; then
  install -m 0755 "$other" "$root/usr/local/bin/foghorn-notifier-$(processor "$other")"
fi

install -m 0644 "$certificates" "$root$certificates"
install -m 0644 "$source/LICENSE" "$root/usr/share/doc/foghorn/LICENSE"
install -m 0644 "$sbom" "$root/usr/share/doc/foghorn/sbom.cdx.json"

echo 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin' >"$root/etc/passwd"
echo 'nonroot:x:65532:' >"$root/etc/group"
# Names are looked up as anywhere: /etc/hosts, then DNS.
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
chmod 0644 "$root/etc/passwd" "$root/etc/group" "$root/etc/nsswitch.conf"
