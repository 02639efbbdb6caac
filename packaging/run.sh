#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a fresh checkout to the demo on the screen: installs what is missing, fetches the demo's materials, builds,
# computes the demo study and opens it. A second run finds all of that done and opens it in seconds.
#
# usage: packaging/run.sh [--headless] [--fast] [--out DIR] [--threads N]
#
#   --headless   no window: pictures of it into DIR/pictures and the summary on the terminal
#                (also chosen where there is no display)
#   --fast       the small demo: small image network, less to download and to compute
#   --out DIR    folder of the demo study; default: the user's data folder, cortexscope/demo (demo-fast with --fast)
#   --threads N  threads to compute with; default: all cores
#   --help       this text
#
# Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad input, 130 cancelled; a stopped run goes on where it was.
# CORTEXSCOPE_MATERIALS names another folder for the materials.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=${here%/*}
. "$here/common.sh"

headless=false study='' fast=() threads=()
while [ $# -gt 0 ]; do
  case $1 in
    --headless) headless=true ;;
    --fast) fast=(--fast) ;;
    --out)
      [ -n "${2:-}" ] || bad_usage "--out needs a folder"
      study=$2
      shift
      ;;
    --threads)
      [[ ${2:-} =~ ^[1-9][0-9]{0,3}$ ]] || bad_usage "--threads needs a number from 1 on"
      threads=(--threads "$2")
      shift
      ;;
    --help | -h) print_help; exit 0 ;;
    *) bad_usage "unknown option: $1" ;;
  esac
  shift
done
if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then headless=true; fi
[ -n "$study" ] || study=$(default_data_dir)/demo${fast:+-fast}
materials=${CORTEXSCOPE_MATERIALS:-$(default_data_dir)/materials}
build=$root/build

build_programs() {
  # Once configured, ninja itself notices changed CMake files.
  if [ ! -f "$build/build.ninja" ] || ! is_build_of "$root" "$build"; then
    configure "$root" "$build" -DCORTEXSCOPE_BUILD_TESTS=OFF
  fi
  NINJA_STATUS='        [%f/%t] ' ninja -C "$build" -j "$(build_jobs)" cortexscope cortexscope-cli
}

# Takes the pictures that are older than the study or the program.
take_pictures() {
  local time picture
  mkdir -p "$study/pictures" || fail 1 "cannot make the folder $study/pictures"
  provide_runtime_dir
  for time in 5 20 35 50; do
    picture=$study/pictures/at_${time}_s.png
    if [ -f "$picture" ] && [ ! "$build/bin/cortexscope" -nt "$picture" ] &&
      [ -z "$(find "$study/study.json" "$study/results" -type f -newer "$picture" -print -quit)" ]; then
      note "$picture is up to date"
      continue
    fi
    # Under another name until the program has ended well, so that a failed run leaves no picture behind.
    with_virtual_screen "$build/bin/cortexscope" "$study" --screenshot "$study/pictures/new.png" --time "$time" \
      --size 1600x1000
    mv -f "$study/pictures/new.png" "$picture"
    note "$picture"
  done
}

heading "Packages"
if $headless; then "$here/install_packages.sh" --headless; else "$here/install_packages.sh"; fi
heading "Materials"
"$here/fetch_materials.sh" "${fast[@]}" --dir "$materials"
heading "Build"
build_programs
heading "Demo study: $study"
"$build/bin/cortexscope-cli" demo "$study" "${fast[@]}" --materials "$materials" "${threads[@]}"
if $headless; then
  heading "Pictures"
  take_pictures
  heading "Summary"
  "$build/bin/cortexscope-cli" info "$study"
  heading "Done"
else
  heading "Opening the window"
  "$build/bin/cortexscope" "$study"
fi
