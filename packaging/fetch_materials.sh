#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fetches and verifies the demo's materials: a cortex, networks, films (materials.tsv lists every file).
#
# usage: fetch_materials.sh [--fast] [--dir DIR] [--from FOLDER]
#
#   --fast         without the large image network: 114 MB to download instead of 209, 23 MB on disk instead of 126
#   --dir DIR      where they go; default: the user's data folder, cortexscope/materials
#   --from FOLDER  also looks in FOLDER for the files, or for their .tgz and .deb archives, before the network
#   --help         this text
#
# Files that are there and have the right checksum are kept; nothing else is trusted. Archives come from the npm
# registry (curl) and from Debian's archive (apt-get download); nothing of theirs is installed or run.
# Every file arrives complete or not at all.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/common.sh"

fast=false dir='' from=''
while [ $# -gt 0 ]; do
  case $1 in
    --fast) fast=true ;;
    --dir | --from)
      [ $# -gt 1 ] || bad_usage "$1 needs a folder"
      if [ "$1" = --dir ]; then dir=$2; else from=$2; fi
      shift
      ;;
    --help | -h) print_help; exit 0 ;;
    *) bad_usage "unknown option: $1" ;;
  esac
  shift
done
[ -n "$dir" ] || dir=$(default_data_dir)/materials
[ -z "$from" ] || [ -r "$from/." ] || fail 3 "--from: $from is no folder that can be read"
mkdir -p "$dir" 2>/dev/null || fail 1 "cannot make the folder $dir"

# --- the two tables ---------------------------------------------------------------------------------------------
declare -A archive_of inside_of sha256_of licence_of use_of   # by file
declare -A kind_of package_of version_of bytes_of sha512_of   # by archive
files=() every_file=() archives=()
while IFS=$'\t' read -r file set archive inside sha256 _ licence use; do
  every_file+=("$file")
  if ! $fast || [ "$set" = fast ]; then files+=("$file"); fi
  archive_of[$file]=$archive inside_of[$file]=$inside sha256_of[$file]=$sha256 licence_of[$file]=$licence use_of[$file]=$use
done < <(grep -v '^#' "$here/materials.tsv" | tail -n +2)
while IFS=$'\t' read -r archive kind package version bytes sha512; do
  archives+=("$archive")
  kind_of[$archive]=$kind package_of[$archive]=$package version_of[$archive]=$version
  bytes_of[$archive]=$bytes sha512_of[$archive]=$sha512
done < <(grep -v '^#' "$here/archives.tsv" | tail -n +2)

# has_sha256 FILE SUM <CONTENT: SUM is of the content, or of what is packed in it if FILE's name ends in .gz.
has_sha256() {
  local sum unpack=cat
  if [[ $1 = *.gz ]]; then unpack='gzip --decompress --stdout'; fi
  sum=$($unpack 2>/dev/null | sha256sum) && [ "${sum%% *}" = "$2" ]
}
export -f has_sha256

# --- what is there ----------------------------------------------------------------------------------------------
# Fills `lacking` with the files of DIR that are absent or damaged. Hashed (on all cores) is only what is new or has
# another size or time than when it was last verified, which DIR/.verified remembers.
lacking=()
find_lacking() {
  local file line to_hash=()
  local -A remembered=() state=() good=()
  if [ -f "$dir/.verified" ]; then
    while IFS= read -r line; do remembered[$line]=1; done <"$dir/.verified"
  fi
  while IFS=$'\t' read -r file line; do
    state[$file]="${sha256_of[$file]} $line $file"
  done < <(cd "$dir" && stat --printf '%n\t%s %.Y\n' -- "${files[@]}" 2>/dev/null)
  for file in "${!state[@]}"; do
    if [ -n "${remembered[${state[$file]}]:-}" ]; then good[$file]=1; else to_hash+=("$file" "${sha256_of[$file]}"); fi
  done
  if [ ${#to_hash[@]} -gt 0 ]; then
    while IFS= read -r file; do
      good[$file]=1
      printf '%s\n' "${state[$file]}" >>"$dir/.verified"
    done < <(cd "$dir" && printf '%s\0' "${to_hash[@]}" | xargs -0 -n 2 -P "$(nproc)" \
      bash -o pipefail -c 'if has_sha256 "$1" "$2" <"$1"; then printf "%s\n" "$1"; fi' --)
  fi
  lacking=()
  for file in "${files[@]}"; do
    [ -n "${good[$file]:-}" ] || lacking+=("$file")
  done
}
megabytes() { awk -v b="$1" 'BEGIN {printf b < 1e6 ? "%.2f MB" : "%.0f MB", b / 1e6}'; }
origin() {
  local a=${archive_of[$1]}
  case ${kind_of[$a]} in
    npm) printf 'npm package %s %s, %s' "${package_of[$a]}" "${version_of[$a]}" "${inside_of[$1]}" ;;
    deb) printf 'Debian package %s, %s' "${package_of[$a]}" "${inside_of[$1]#./}" ;;
  esac
}

find_lacking
if [ ${#lacking[@]} -eq 0 ]; then
  note "all ${#files[@]} materials are there and verified: $dir"
  exit 0
fi

# --- getting what is not there ----------------------------------------------------------------------------------
temporary=$(mktemp -d "$dir/.fetch.XXXXXX" 2>/dev/null) || fail 1 "cannot write in the folder $dir"
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# place FILE TEMPORARY-COPY: moves a copy to its place if it is the expected one.
place() {
  local file=$1 copy=$2
  has_sha256 "$file" "${sha256_of[$file]}" <"$copy" || return 1
  if ! { chmod 644 "$copy" && mkdir -p "$dir/$(dirname "$file")" && mv -f "$copy" "$dir/$file"; }; then
    fail 1 "cannot write $dir/$file"
  fi
}

# announce FILES...: size and licence, one line a file or, for a network in pieces, a folder.
announce() {
  local file item items=()
  local -A size=() count=() licence=()
  for file in "$@"; do
    item=${file%%/*}
    [ -n "${size[$item]:-}" ] || items+=("$item")
    size[$item]=$((${size[$item]:-0} + $(stat -c %s "$dir/$file")))
    count[$item]=$((${count[$item]:-0} + 1))
    licence[$item]=${licence_of[$file]}
  done
  for item in "${items[@]}"; do
    file=$item
    if [ -d "$dir/$item" ]; then file="$item/, files: ${count[$item]}"; fi
    note "$(printf '%-30s %8s  %s' "$file" "$(megabytes "${size[$item]}")" "${licence[$item]}")"
  done
}

take_from_folder() {
  local file candidate placed=()
  for file in "${lacking[@]}"; do
    for candidate in "$from/$file" "$from/${file##*/}"; do
      [ -f "$candidate" ] || continue
      cp -- "$candidate" "$temporary/copy" || fail 1 "cannot copy $candidate"
      if place "$file" "$temporary/copy"; then
        placed+=("$file")
        break
      fi
      # model.json is the name of two different files, so only the full path makes a wrong file worth a word.
      if [ "$candidate" = "$from/$file" ]; then note "$candidate is not the expected file (its sha256 differs)"; fi
    done
  done
  announce "${placed[@]}"
}

# npm's own name for the archive of a package: scope and name joined by a dash.
archive_file() {
  local name=${package_of[$1]#@}
  case ${kind_of[$1]} in
    npm) printf '%s-%s.tgz' "${name//\//-}" "${version_of[$1]}" ;;
    deb) printf '%s_*.deb' "$name" ;;
  esac
}

# Puts the path of the archive into `got`: one found in FOLDER, else a fresh download.
got=''
get_archive() {
  local a=$1 found=()
  got=''
  if [ -n "$from" ]; then
    mapfile -t found < <(find "$from" -maxdepth 1 -name "$(archive_file "$a")")
    if [ ${#found[@]} -gt 0 ]; then got=${found[0]}; return 0; fi
  fi
  mkdir -p "$temporary/$a"
  note "downloading ${package_of[$a]} ($(megabytes "${bytes_of[$a]}"))"
  (cd "$temporary/$a" && "download_${kind_of[$a]}" "$a") >"$temporary/log" 2>&1 || return 1
  mapfile -t found < <(find "$temporary/$a" -maxdepth 1 -type f \( -name '*.tgz' -o -name '*.deb' \))
  [ ${#found[@]} -eq 1 ] || return 1
  got=${found[0]}
}
# What `npm pack` would fetch, without the hundreds of packages that npm itself needs.
download_npm() {
  local name=${package_of[$1]} registry=${npm_config_registry:-https://registry.npmjs.org}
  curl --fail --silent --show-error --location --retry 2 --connect-timeout 30 --speed-limit 1000 --speed-time 30 \
    --output "$(archive_file "$1")" "${registry%/}/$name/-/${name##*/}-${version_of[$1]}.tgz"
}
download_deb() {
  apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=2 download "${package_of[$1]}"
}

# An archive of the user's by its path, a download (gone when the message is read) by its name.
shown() { case $1 in "$temporary"/*) printf 'downloaded %s' "${1##*/}" ;; *) printf '%s' "$1" ;; esac; }

# unpack ARCHIVE FOLDER MEMBERS...: one pass over the archive for all the wanted members.
unpack() {
  local a=$1 folder=$2
  shift 2
  case ${kind_of[$a]} in
    npm) tar -xzmf "$got" --no-same-owner -C "$folder" "$@" ;;
    deb) dpkg-deb --fsys-tarfile "$got" | tar -xmf - --no-same-owner -C "$folder" "$@" ;;
  esac
}

take_from_archive() {
  local a=$1 file wanted=() members=()
  if [ "${sha512_of[$a]}" != - ] && [ "$(sha512sum <"$got" | cut -d' ' -f1)" != "${sha512_of[$a]}" ]; then
    fail 3 "$(shown "$got"): its sha512 is not the one that archives.tsv pins for ${package_of[$a]} ${version_of[$a]}; nothing of it was used"
  fi
  for file in "${lacking[@]}"; do
    if [ "${archive_of[$file]}" = "$a" ]; then wanted+=("$file") members+=("${inside_of[$file]}"); fi
  done
  mkdir "$temporary/unpacked"
  unpack "$a" "$temporary/unpacked" "${members[@]}" 2>"$temporary/log" ||
    fail 3 "${package_of[$a]} does not hold what materials.tsv says: $(head -n 1 "$temporary/log")"
  for file in "${wanted[@]}"; do
    place "$file" "$temporary/unpacked/${inside_of[$file]}" ||
      fail 3 "$file from ${package_of[$a]} has another sha256 than the one pinned in materials.tsv; it was not kept"
  done
  announce "${wanted[@]}"
  rm -rf "${temporary:?}/unpacked"
}

# The tools are installed only where something must be downloaded and they are missing.
have_fetcher() {
  case $1 in
    npm) command -v curl >/dev/null || "$here/install_packages.sh" --only curl ca-certificates ;;
    deb)
      command -v apt-get >/dev/null || return 1
      apt-cache show "$2" >/dev/null 2>&1 || "$here/install_packages.sh" --refresh
      ;;
  esac
}

for file in "${lacking[@]}"; do
  if [ -e "$dir/$file" ]; then note "$file is there but damaged (its sha256 differs); fetching it again"; fi
done
if [ -n "$from" ]; then
  take_from_folder
  find_lacking
fi
# Where one download found no network, the next from the same place would only wait for nothing.
no_network='Temporary failure|Could not (resolve|connect)|Failed to connect|Couldn.t connect|timed out'
declare -A unreachable=()
for archive in "${archives[@]}"; do
  needed=false
  for file in "${lacking[@]}"; do
    if [ "${archive_of[$file]}" = "$archive" ]; then needed=true; fi
  done
  $needed || continue
  if [ -z "$from" ] || [ -z "$(find "$from" -maxdepth 1 -name "$(archive_file "$archive")" -print -quit)" ]; then
    [ -z "${unreachable[${kind_of[$archive]}]:-}" ] || continue
    if ! have_fetcher "${kind_of[$archive]}" "${package_of[$archive]}"; then
      unreachable[${kind_of[$archive]}]=1
      continue
    fi
  fi
  if get_archive "$archive"; then
    take_from_archive "$archive"
  else
    if grep -qE "$no_network" "$temporary/log"; then unreachable[${kind_of[$archive]}]=1; fi
    note "${package_of[$archive]} could not be downloaded: $(grep -v '^$' "$temporary/log" | tail -n 1)"
  fi
  rm -rf "${temporary:?}/$archive"
done

# --- the credits, and what is still missing ---------------------------------------------------------------------
{
  printf 'Materials that CortexScope fetched for its demo: input data of others, not part of CortexScope.\n'
  for file in "${every_file[@]}"; do
    [ -f "$dir/$file" ] || continue
    printf '\n%s\n  use:     %s\n  licence: %s\n  from:    %s\n' "$file" "${use_of[$file]}" "${licence_of[$file]}" "$(origin "$file")"
  done
} >"$temporary/licences"
mv -f "$temporary/licences" "$dir/LICENCES.txt"

find_lacking
if [ ${#lacking[@]} -gt 0 ]; then
  printf 'Missing in %s:\n' "$dir" >&2
  for file in "${lacking[@]}"; do
    packed=''
    if [[ $file = *.gz ]]; then packed=' (unpacked)'; fi
    printf '  %s\n    from   %s\n    sha256 %s%s\n' "$file" "$(origin "$file")" "${sha256_of[$file]}" "$packed" >&2
  done
  fail 1 "${#lacking[@]} of ${#files[@]} materials are missing; bring these files, or the .tgz and .deb archives that hold them, in a folder and run: $0 $($fast && printf -- '--fast ')--dir '$dir' --from FOLDER"
fi
note "all ${#files[@]} materials are there and verified: $dir"
