#!/usr/bin/env bash
# Builds and starts the dashboard at http://127.0.0.1:5080. Arguments go to it: --demo, --models DIR, --engine PATH, --data DIR, --urls URL.
set -euo pipefail
cd "$(dirname "$0")"
need() { command -v "$1" >/dev/null 2>&1 || { echo "$1 is missing. $2" >&2; exit 2; }; }
need dotnet "Install the .NET 10 SDK: https://dotnet.microsoft.com/download"
need npm "Install Node.js 20 or newer: https://nodejs.org"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Production}
dotnet build LlamaBlazor.Web -c Release -v quiet -clp:NoSummary
exec dotnet LlamaBlazor.Web/bin/Release/net10.0/llamablazor.dll "$@"
