#!/usr/bin/env bash
# Measures the tool beside dotnet-trace, both as they are installed, side by side in one run, and prints Markdown tables of medians.
# usage: eng/bench/run.sh [--rounds N] [--seconds N] [startup] [overhead] [live] [report]      (all benchmarks without a name)
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tools=artifacts/bench/tools
rm -rf "$tools" artifacts/bench/packages
dotnet pack src/dotnet-memtrace --configuration Release --output artifacts/bench/packages --verbosity quiet >&2
dotnet tool install --tool-path "$tools" --add-source artifacts/bench/packages dotnet-memtrace >&2

peer=$(command -v dotnet-trace || echo "$PWD/artifacts/peers/dotnet-trace")
[[ -x $peer ]] || dotnet tool install --tool-path artifacts/peers dotnet-trace >&2

dotnet build tests/targets/Known --configuration Release --verbosity quiet >&2
dotnet build tests/targets/Heap --configuration Release --verbosity quiet >&2
dotnet build eng/bench --configuration Release --verbosity quiet >&2

bench=$PWD/eng/bench/bin/Release/net10.0/Bench.dll
export MEMTRACE=$PWD/$tools/dotnet-memtrace DOTNET_TRACE=$peer \
    KNOWN=$PWD/tests/targets/Known/bin/Release/net10.0/Known.dll HEAP=$PWD/tests/targets/Heap/bin/Release/net10.0/Heap.dll
cd "$caller"
exec dotnet "$bench" "$@"
