#!/usr/bin/env bash
# Runs every test: unit, component, integration and browser. Arguments go to `dotnet test` (for example --filter Name~Gguf).
set -uo pipefail
cd "$(dirname "$0")"
need() { command -v "$1" >/dev/null 2>&1 || { echo "$1 is missing. $2" >&2; exit 2; }; }
need dotnet "Install the .NET 10 SDK: https://dotnet.microsoft.com/download"
need npm "Install Node.js 20 or newer: https://nodejs.org"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# A browser for the browser tests, podman for the container tests, and a C compiler for the stand-in of a GPU's driver, where this machine lets us install them.
install() {
  local program=$1; shift
  command -v "$program" >/dev/null 2>&1 && return
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || { echo "$program is missing: the tests that need it are skipped"; return; }
  echo "Installing $program…"
  { apt-get update && apt-get install -y --no-install-recommends "$@"; } >/dev/null 2>&1 || echo "$program could not be installed: the tests that need it are skipped"
}
install chromium chromium
install podman podman runc conmon busybox-static
install gcc gcc libc6-dev

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
dotnet build LlamaBlazor.sln -c Release -v quiet -clp:NoSummary || { echo "The build failed."; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
format=0
scripts_passed=0
scripts_failed=0
if [ $# -eq 0 ]; then
  node_modules/.bin/tsc -p jsconfig.json || scripts_failed=1
  node --test --test-reporter=tap LlamaBlazor.Tests/Scripts/ > "$results/scripts.tap" || cat "$results/scripts.tap"
  scripts_passed=$(sed -n 's/^# pass //p' "$results/scripts.tap")
  scripts_failed=$((scripts_failed + $(sed -n 's/^# fail //p' "$results/scripts.tap" | grep . || echo 1)))
  dotnet tool restore >/dev/null && dotnet csharpier check . || format=1
  dotnet format style LlamaBlazor.sln --no-restore --verify-no-changes --severity warn || format=1
fi
dotnet test LlamaBlazor.sln -c Release --no-build --logger "trx;LogFileName=results.trx" --results-directory "$results" "$@"
status=$?

# The totals as the runner counted them, from its own report.
counters=$(cat "$results"/*.trx 2>/dev/null | grep -o '<Counters [^>]*>' | head -1)
count() { echo "$counters" | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p"; }
passed=$(count passed); failed=$(count failed); total=$(count total)
passed=${passed:-0}; failed=${failed:-0}; total=${total:-0}
[ "$total" -gt 0 ] || { echo "No test was run."; failed=$((failed + 1)); }
passed=$((passed + ${scripts_passed:-0}))
total=$((total + ${scripts_passed:-0} + scripts_failed))
failed=$((failed + format + scripts_failed))
[ $format -eq 0 ] || echo "The code is not formatted: run 'dotnet csharpier format .' and 'dotnet format style', and commit the result."
skipped=$((total - passed - failed + format)); [ "$total" -gt 0 ] || skipped=0
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ $status -eq 0 ]
