#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the style of the C++ files: clang-format for all of them, clang-tidy for the lines that a change touched.
#
# usage: tests/style.sh [--format]
#
#   --format  instead of checking, rewrites the files as .clang-format says
#   --help    this text
#
# The change is what differs from the branch point with origin/main, or from the commit before where that is this very
# commit; without that history clang-tidy is skipped. It reads sources of core, ui and app (not headers, not tests) and
# fails at what .clang-tidy calls an error. One source takes it 5 to 30 s, so it takes at most 40 and names the others.
#
# Both tools' opinions differ between versions, so they are asked where they are of Debian 12's version alone.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$root/packaging/common.sh"
cd "$root"
version=14 most_sources=40 build=$root/build-style

rewrite=false
case ${1:-} in
  '') ;;
  --format) rewrite=true ;;
  --help | -h) print_help; exit 0 ;;
  *) bad_usage "unknown option: $1" ;;
esac

cpp_files() { git ls-files -z -- '*.cpp' '*.h'; }

check_format() {
  local bad=()
  mapfile -t bad < <(cpp_files | xargs -0 "clang-format-$version" --dry-run 2>&1 |
    awk -F: '/code should be clang-formatted/ && !seen[$1]++ {print $1 ":" $2}')
  [ ${#bad[@]} -gt 0 ] || return 0
  printf '        %s\n' "${bad[@]:0:20}"
  note "${#bad[@]} files are not as .clang-format has them (above the first 20, with the first line of each);"
  note "tests/style.sh --format rewrites them"
  return 1
}

# The commit before the change, if there is one.
base_of_change() {
  local base head
  head=$(git rev-parse HEAD)
  base=$(git merge-base HEAD origin/main 2>/dev/null) || base=$head
  if [ "$base" = "$head" ]; then base=HEAD~1; fi
  git rev-parse --verify --quiet "$base^{commit}"
}

check_changed_lines() {
  local base sources=() report
  if ! base=$(base_of_change); then
    note "skipped: no commit to compare with"
    return 0
  fi
  mapfile -t sources < <(git diff --name-only --diff-filter=d "$base" -- 'core/*.cpp' 'ui/*.cpp' 'app/*.cpp')
  note "sources changed since $(git log -1 --format='%h (%s)' "$base"): ${#sources[@]}"
  [ ${#sources[@]} -gt 0 ] || return 0
  if [ ${#sources[@]} -gt $most_sources ]; then
    note "not looked at, beyond $most_sources: ${sources[*]:most_sources}"
    sources=("${sources[@]:0:most_sources}")
  fi
  # Sources one by one and without GCC's precompiled headers, which clang-tidy cannot read.
  configure "$root" "$build" -DCMAKE_UNITY_BUILD=OFF -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCORTEXSCOPE_BUILD_TESTS=OFF
  report=$(git diff -U0 "$base" -- "${sources[@]}" |
    "clang-tidy-diff-$version.py" -clang-tidy-binary "clang-tidy-$version" -p1 -path "$build" -j "$(build_jobs)" -quiet \
      -extra-arg=-Wno-unknown-warning-option 2>&1) || { printf '%s\n' "$report" && return 1; }
  ! grep -A 3 -E '(error|fatal error): ' <<<"$report"
}

if ! command -v git >/dev/null || ! git rev-parse --git-dir >/dev/null 2>&1; then fail 1 "needs git and a checkout"; fi
if ! command -v "clang-format-$version" >/dev/null; then
  $rewrite && fail 1 "clang-format-$version is missing, the version of Debian 12"
  note "skipped: clang-format and clang-tidy are not here in version $version, that of Debian 12"
  exit 0
fi
if $rewrite; then
  cpp_files | xargs -0 "clang-format-$version" -i
  exit 0
fi
passed=0 failed=0
count() { if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }
heading "Format of $(cpp_files | tr -cd '\0' | wc -c) files"
count check_format
heading "clang-tidy on changed lines"
count check_changed_lines
note "$passed passed, $failed failed"
[ $failed -eq 0 ]
