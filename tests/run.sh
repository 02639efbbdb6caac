#!/usr/bin/env bash
# Runs all tests: installs what is missing, builds, runs CTest on one virtual screen.
#
# usage: tests/run.sh [--sanitized] [CTEST-OPTION...]        for example: tests/run.sh -R ridge
#
# With --sanitized everything that tests run, programs included, is built with address and undefined-behaviour sanitizers in
# a folder of its own (build-sanitized), which takes about twice as long.
#
# Tests of real example files look in CORTEXSCOPE_SHARED_DATA (default: shared/data beside the checkout), tests of the
# networks and films in CORTEXSCOPE_MATERIALS (fetched if there is a network); without them they are skipped and say so.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/packaging/common.sh"
build=$root/build
sanitizer=
case ${1:-} in
  --help) print_help; exit 0 ;;
  --sanitized) build=$root/build-sanitized sanitizer=address,undefined; shift ;;
esac

heading "Packages"
"$root/packaging/install_packages.sh" --tests

heading "Materials"
export CORTEXSCOPE_MATERIALS=${CORTEXSCOPE_MATERIALS:-$(default_data_dir)/materials}
"$root/packaging/fetch_materials.sh" --fast --dir "$CORTEXSCOPE_MATERIALS" ||
  note "tests that need the missing materials will be skipped"
if [ -z "${CORTEXSCOPE_SHARED_DATA:-}" ] && [ -d "$root/../shared/data" ]; then
  CORTEXSCOPE_SHARED_DATA=$(cd "$root/../shared/data" && pwd -P)
fi
export CORTEXSCOPE_SHARED_DATA=${CORTEXSCOPE_SHARED_DATA:-}

heading "Build"
configure "$root" "$build" -DCORTEXSCOPE_BUILD_TESTS=ON -DCORTEXSCOPE_BUILD_WINDOW=ON \
  -DCORTEXSCOPE_SANITIZER="$sanitizer"
NINJA_STATUS='        [%f/%t] ' ninja -C "$build" -j "$(build_jobs)"

heading "Tests"
provide_runtime_dir
with_virtual_screen ctest --test-dir "$build" --output-on-failure --no-tests=error -j2 "$@"
