#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs all tests: installs what is missing, builds, runs CTest on one virtual screen.
#
# usage: tests/run.sh [--sanitized | --readers | --all] [CTEST-OPTION...]        for example: tests/run.sh -R ridge
#
#   (no option)  the build as for use, in the folder build
#   --sanitized  everything that tests run, programs included, is built with address and undefined-behaviour sanitizers in a
#                folder of its own (build-sanitized), without optimization beyond -O1
#   --readers    the same for tests of readers of files alone (label "reader"), in a fifth of the time
#   --all        what continuous integration runs: tests/style.sh, then the tests of the build as for use, then those with
#                sanitizers; each even if one before it failed, and at the end how many failed of them all
#
# Tests of real example files look in CORTEXSCOPE_SHARED_DATA (default: shared/data beside the checkout), tests of the
# networks and films in CORTEXSCOPE_MATERIALS (fetched if there is a network); without them they are skipped and say so.
# tests/debian.sh runs this in a bare Debian 12 or 13.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/packaging/common.sh"

passed=0 failed=0
# Counts what CTest ran; a step that ends before CTest counts as one that failed, one without CTest as one check.
run_step() {
  local log status=0 lost total
  log=$(mktemp)
  "$@" 2>&1 | tee "$log" || status=1
  read -r lost total < <(sed -nE 's/.* ([0-9]+) tests failed out of ([0-9]+)$/\1 \2/p' "$log") || lost=0 total=1
  rm -f "$log"
  if [ "$lost" -lt "$status" ]; then lost=1; fi
  passed=$((passed + total - lost)) failed=$((failed + lost))
}
if [ "${1:-}" = --all ]; then
  shift
  "$root/packaging/install_packages.sh" --sanitizers --style
  run_step "$root/tests/style.sh"
  run_step "$root/tests/run.sh" "$@"
  run_step "$root/tests/run.sh" --sanitized "$@"
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  exit $((failed > 0))
fi

build=$root/build target=all packages=--tests chosen=() options=()
case ${1:-} in
  --help) print_help; exit 0 ;;
  --sanitized) shift; packages=--sanitizers ;;
  --readers) shift; packages=--sanitizers target=reader_tests chosen=(-L reader) ;;
esac
if [ "$packages" = --sanitizers ]; then
  build=$root/build-sanitized
  options=(-DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCORTEXSCOPE_SANITIZER=address,undefined)
fi

heading "Packages"
"$root/packaging/install_packages.sh" "$packages"

heading "Materials"
export CORTEXSCOPE_MATERIALS=${CORTEXSCOPE_MATERIALS:-$(default_data_dir)/materials}
"$root/packaging/fetch_materials.sh" --fast --dir "$CORTEXSCOPE_MATERIALS" ||
  note "tests that need the missing materials will be skipped"
if [ -z "${CORTEXSCOPE_SHARED_DATA:-}" ] && [ -d "$root/../shared/data" ]; then
  CORTEXSCOPE_SHARED_DATA=$(cd "$root/../shared/data" && pwd -P)
fi
export CORTEXSCOPE_SHARED_DATA=${CORTEXSCOPE_SHARED_DATA:-}

heading "Build"
configure "$root" "$build" -DCORTEXSCOPE_BUILD_TESTS=ON -DCORTEXSCOPE_BUILD_WINDOW=ON "${options[@]}"
NINJA_STATUS='        [%f/%t] ' ninja -C "$build" -j "$(build_jobs)" "$target"

heading "Tests"
provide_runtime_dir
with_virtual_screen ctest --test-dir "$build" --output-on-failure --no-tests=error -j2 "${chosen[@]}" "$@"
