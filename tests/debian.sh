#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command in the committed state of this checkout inside a bare Debian of another release, as on a fresh machine.
#
# usage: tests/debian.sh SUITE [COMMAND...]        for example: tests/debian.sh trixie
#
#   SUITE    bookworm (Debian 12) or trixie (Debian 13)
#   COMMAND  default: the demo and then all tests, packaging/run.sh --headless --fast && tests/run.sh
#
# CI runs on one release alone, so this is what shows that the other still builds: run it for both before a merge that touches
# the lists of packages, CMake files or what calls a library, and before every release. Needs root, debootstrap, 6 GB on the
# disk and, the first time, 0.8 GB from Debian's archive. The root is kept in CORTEXSCOPE_ROOTS (default:
# /var/tmp/cortexscope-roots), with the build folder and materials; delete SUITE in there to start from a bare one.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/packaging/common.sh"
case ${1:-} in
  bookworm | trixie) suite=$1 ;;
  --help | -h) print_help; exit 0 ;;
  *) bad_usage "give bookworm or trixie, not '${1:-}'" ;;
esac
shift
command=${*:-packaging/run.sh --headless --fast && tests/run.sh}
[ "$(id -u)" -eq 0 ] || fail 1 "only root can make and enter another Debian"
command -v debootstrap >/dev/null || fail 1 "debootstrap is missing; packaging/install_packages.sh --only debootstrap installs it"
inside=${CORTEXSCOPE_ROOTS:-/var/tmp/cortexscope-roots}/$suite
checkout=$inside/cortexscope

# A private mount table: what is mounted below ends with this script and never reaches the machine's own.
if [ -z "${CORTEXSCOPE_UNSHARED:-}" ]; then
  CORTEXSCOPE_UNSHARED=1 exec unshare --mount "${BASH_SOURCE[0]}" "$suite" "$command"
fi

if [ ! -f "$inside/.complete" ]; then
  heading "Debian $suite in $inside"
  rm -rf --one-file-system "$inside"
  mkdir -p "$inside"
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$inside" >"$inside.log" 2>&1 ||
    fail 1 "debootstrap failed; what it said is in $inside.log"
  printf 'deb http://deb.debian.org/debian %s main\n' "$suite" "$suite-updates" >"$inside/etc/apt/sources.list"
  printf 'deb http://deb.debian.org/debian-security %s main\n' "$suite-security" >>"$inside/etc/apt/sources.list"
  touch "$inside/.complete"
fi
# The network is this machine's, with the certificates that it trusts.
cp /etc/resolv.conf "$inside/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$inside/etc/ssl/certs/"

# Times of files that did not change stay, so that a second run builds only what did.
if [ ! -d "$checkout/.git" ]; then git clone --quiet --no-hardlinks "$root" "$checkout"; fi
git -C "$checkout" fetch --quiet "$root" HEAD
git -C "$checkout" checkout --quiet --force FETCH_HEAD
for place in proc sys dev; do mount --rbind "/$place" "$inside/$place"; done
heading "$command, of $(git -C "$checkout" log -1 --format='%h (%s)')"
exec env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  chroot "$inside" /bin/bash -c "cd /cortexscope && $command"
