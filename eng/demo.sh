#!/usr/bin/env bash
# Builds the tool and a leaky order service, records the service for 15 seconds with survival, and prints the report.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

recording=artifacts/demo.nettrace
mkdir -p artifacts

echo "Building the tool and the leaky service ..."
for project in src/dotnet-memtrace tests/targets/Leaky; do
    output=$(dotnet build "$project" --configuration Release 2>&1) || { echo "$output" >&2; exit 1; }
done

echo "Launching the service and recording 15 seconds of it to $recording ..."
dotnet src/dotnet-memtrace/bin/Release/net10.0/dotnet-memtrace.dll collect --live --duration 15s --output "$recording" --force \
    -- dotnet tests/targets/Leaky/bin/Release/net10.0/Leaky.dll --seconds 30
