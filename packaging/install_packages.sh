#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages that are missing here, and nothing else.
#
# usage: install_packages.sh [--headless | --tests | --sanitizers] [--style] [--only PACKAGE...] [--refresh]
#
#   (no option)       what packages.txt lists: to build and run the program
#   --headless        also packages-headless.txt: pictures without a screen
#   --tests           also packages-headless.txt and packages-tests.txt
#   --sanitizers      those of --tests and packages-sanitizers.txt
#   --style           also packages-style.txt: to check the style of the sources
#   --only PACKAGE... just these packages instead of the lists
#   --refresh         installs nothing, only brings apt's package lists up to date
#   --help            this text
#
# It asks no questions, uses sudo when it is not run as root, and is done at once where nothing is missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/common.sh"

entries_in() { sed 's/#.*//' "$@" | awk 'NF {print $1}'; }

# For each entry its name, or of alternatives (new|old) the first that apt knows, else the last.
names_of() {
  local entry name
  for entry in "$@"; do
    for name in ${entry//|/ }; do
      if [ "$name" = "$entry" ] || apt-cache show "$name" >/dev/null 2>&1; then break; fi
    done
    printf '%s\n' "$name"
  done
}

# Wanted packages that neither are installed nor are provided by an installed one.
missing() {
  dpkg-query -W -f='${db:Status-Status}\t${Package}, ${Provides}\n' 2>/dev/null |
    awk -v wanted="$*" -F'\t' '
      $1 == "installed" { n = split($2, names, ", *"); for (i = 1; i <= n; i++) { sub(/ .*/, "", names[i]); have[names[i]] = 1 } }
      END { n = split(wanted, names, " "); for (i = 1; i <= n; i++) if (!(names[i] in have)) print names[i] }'
}

lists=("$here/packages.txt") entries=() refresh=false
while [ $# -gt 0 ]; do
  case $1 in
    --headless) lists+=("$here/packages-headless.txt") ;;
    --tests) lists+=("$here/packages-headless.txt" "$here/packages-tests.txt") ;;
    --sanitizers) lists+=("$here/packages-headless.txt" "$here/packages-tests.txt" "$here/packages-sanitizers.txt") ;;
    --style) lists+=("$here/packages-style.txt") ;;
    --refresh) refresh=true ;;
    --only)
      shift
      [ $# -gt 0 ] || bad_usage "--only needs the name of a package"
      entries=("$@")
      set --
      break
      ;;
    --help | -h) print_help; exit 0 ;;
    *) bad_usage "unknown option: $1" ;;
  esac
  shift
done
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  fail 1 "this is not a Debian system; install the counterparts of ${lists[*]} by hand"
fi
[ ${#entries[@]} -gt 0 ] || mapfile -t entries < <(entries_in "${lists[@]}")
find_needed() {
  mapfile -t wanted < <(names_of "${entries[@]}")
  mapfile -t needed < <(missing "${wanted[*]}")
}
find_needed
if ! $refresh && [ ${#needed[@]} -eq 0 ]; then
  note "all ${#wanted[@]} packages are there"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null; then
    as_root=(sudo)
  else
    $refresh && fail 1 "only root can bring the package lists up to date; as root, run: apt-get update"
    fail 1 "${#needed[@]} packages are missing and only root can install them; as root, run:
  apt-get update && apt-get install --yes --no-install-recommends ${needed[*]}"
  fi
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
logged() { apt "$@" >"$log" 2>&1; }
install_needed() { logged install --yes --no-install-recommends "${needed[@]}"; }
give_up() {
  grep -E '^(E|W|Err):' "$log" | head -n 10 >&2 || true
  fail 1 "$1"
}

if $refresh; then
  note "bringing the package lists up to date"
  logged update || give_up "apt-get update failed"
  exit 0
fi
updated=false
if ! apt-cache show "${needed[@]}" >/dev/null 2>&1; then
  logged update || give_up "apt-get update failed, so the missing packages cannot be installed"
  updated=true
  find_needed   # which of the alternatives there are is known only now
fi
note "installing without recommends: ${needed[*]}"
if ! install_needed; then
  # Lists that are out of date name files that the archive no longer has.
  $updated || logged update || give_up "apt-get update failed, so the missing packages cannot be installed"
  install_needed || give_up "apt-get could not install ${needed[*]}"
fi
awk '/newly installed/ {s = $1 + $3 " packages with what they need"} /^Need to get/ {g = $4 " " $5} /^Fetched/ {g = $2 " " $3} END {printf "        %s, %s downloaded\n", s, g}' "$log"
