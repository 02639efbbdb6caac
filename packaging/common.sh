# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Shared by the scripts here and by tests/run.sh: headings with the time, one-sentence errors, exit codes.
# Exit codes: 1 something failed, 2 wrong usage, 3 a file is not what it should be, 130 cancelled.
started=${started:-$SECONDS}

heading() { printf '\n[%3d s] %s\n' $((SECONDS - started)) "$*"; }
note() { printf '        %s\n' "$*"; }
fail() {
  local code=$1
  shift
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit "$code"
}
bad_usage() { fail 2 "$* (see --help)"; }

# The comment at the top of the calling script, without the licence, is its help.
print_help() { sed -n '2,/^[^#]/{/SPDX-License-Identifier/d;s/^# \{0,1\}//p;}' "$0"; }

default_data_dir() { printf '%s/cortexscope' "${XDG_DATA_HOME:-${HOME:?HOME is not set}/.local/share}"; }

# A compiler run takes up to about 1.5 GB, so memory limits the number of them as well as the cores do.
build_jobs() {
  local cores by_memory
  cores=$(nproc)
  by_memory=$(awk '/^MemAvailable:/ {print int($2 / 1500000)}' /proc/meminfo 2>/dev/null)
  [ "${by_memory:-$cores}" -ge 1 ] || by_memory=1
  [ "${by_memory:-$cores}" -lt "$cores" ] && cores=$by_memory
  printf '%s' "$cores"
}

# A build folder that was moved or copied names its old place and would be refused.
is_build_of() { grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$1" "$2/CMakeCache.txt" 2>/dev/null; }

# configure ROOT BUILD OPTIONS...: CMake's own talk goes to a file, which is shown only when it failed.
# Sources of one folder are compiled together, which takes half as long from nothing; who works on them configures without.
configure() {
  local root=$1 build=$2 fresh=()
  shift 2
  mkdir -p "$build" || fail 1 "cannot make the folder $build"
  if [ -f "$build/CMakeCache.txt" ] && ! is_build_of "$root" "$build"; then fresh=(--fresh); fi
  if ! command -v cmake >/dev/null; then fail 1 "cmake is missing; packaging/install_packages.sh installs it"; fi
  if ! cmake "${fresh[@]}" -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON "$@" >"$build/configure.log" 2>&1; then
    grep -A 8 'CMake Error' "$build/configure.log" >&2 || tail -n 30 "$build/configure.log" >&2
    fail 1 "configuring failed; all of it is in $build/configure.log"
  fi
}

# A folder for the display's sockets, without which Qt and Mesa warn.
provide_runtime_dir() {
  if [ -z "${XDG_RUNTIME_DIR:-}" ] || [ ! -d "$XDG_RUNTIME_DIR" ]; then
    runtime_dir=$(mktemp -d) || fail 1 "cannot make a temporary folder"
    chmod 700 "$runtime_dir"
    export XDG_RUNTIME_DIR=$runtime_dir
    trap 'rm -rf "$runtime_dir"' EXIT
  fi
}

# Runs a command on a virtual screen, drawn in software.
with_virtual_screen() {
  LIBGL_ALWAYS_SOFTWARE=1 xvfb-run -a -s "-screen 0 1920x1200x24" "$@"
}
