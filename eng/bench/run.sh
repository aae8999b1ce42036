#!/usr/bin/env bash
# Measures the tool and dotnet-trace in turns, and prints Markdown tables of medians.
#
# usage: eng/bench/run.sh [--rounds N] [--seconds N] [--millions N] [--only TEXT] [NAME...]      (default: all)
#   help ps        these commands, from start to end          report report-live   report of 120 MB gc-verbose, of 100 MB --live
#   first-events   collect: from start to the first events    convert              html and pprof compared with report
#   collect        the recorder's cost at 1 GB/s (14 s)       length               memory of report by size of the recording
#   monitor        its cost at 1 GB/s (120 s each)            overhead live        the process's cost (10 s each): rates, --live
#   watch          its cost beside one process and ten, and that of dotnet-counters (120 s each; --seconds 3600: is it flat?)
#   heap           a snapshot beside dotnet-gcdump: 1, 3, 10 million objects
#   copies         a snapshot by copy and by events beside dotnet-gcdump and dotnet-dump; core dumps; --millions N or --only "4 GB" for one heap only
#   measurement    the cost of MemoryMeasurement to the work that it measures
#   budget-checks  false alarms and hits of memory budgets; 100 runs a round
#   leak-checks    the same of leak checks; --only "64 KiB" runs those whose work is described so
#
#   MEMTRACE    the tool to measure (default: packs this one and installs it into artifacts/bench/tools)
#   RECORDINGS  folder for the recordings to read; missing ones are made (default: artifacts/bench/recordings)
set -euo pipefail
caller=$PWD
[[ -n ${MEMTRACE-} ]] && MEMTRACE=$(realpath --no-symlinks "$(command -v "$MEMTRACE")")
[[ -n ${RECORDINGS-} ]] && RECORDINGS=$(realpath "$RECORDINGS")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ -z ${MEMTRACE-} ]]; then
    tools=artifacts/bench/tools
    rm -rf "$tools" artifacts/bench/packages
    dotnet pack src/dotnet-memtrace --configuration Release --output artifacts/bench/packages --verbosity quiet >&2
    dotnet tool install --tool-path "$tools" --add-source artifacts/bench/packages dotnet-memtrace >&2
    MEMTRACE=$PWD/$tools/dotnet-memtrace
fi

peer=$(command -v dotnet-trace || echo "$PWD/artifacts/peers/dotnet-trace")
gcdump=$(command -v dotnet-gcdump || echo "$PWD/artifacts/peers/dotnet-gcdump")
dump=$(command -v dotnet-dump || echo "$PWD/artifacts/peers/dotnet-dump")
[[ -x $dump ]] || dotnet tool install --tool-path artifacts/peers dotnet-dump >&2
counters=$(command -v dotnet-counters || echo "$PWD/artifacts/peers/dotnet-counters")
[[ -x $counters ]] || dotnet tool install --tool-path artifacts/peers dotnet-counters >&2
[[ -x $gcdump ]] || dotnet tool install --tool-path artifacts/peers dotnet-gcdump >&2
[[ -x $peer ]] || dotnet tool install --tool-path artifacts/peers dotnet-trace >&2

for project in tests/targets/Known tests/targets/Heap tests/targets/Graph eng/bench; do
    dotnet build "$project" --configuration Release --verbosity quiet >&2
done

bench=$PWD/eng/bench/bin/Release/net10.0/Bench.dll
export MEMTRACE DOTNET_TRACE=$peer DOTNET_GCDUMP=$gcdump DOTNET_DUMP=$dump DOTNET_COUNTERS=$counters RECORDINGS=${RECORDINGS-$PWD/artifacts/bench/recordings} SHELL=/bin/sh \
    KNOWN=$PWD/tests/targets/Known/bin/Release/net10.0/Known.dll HEAP=$PWD/tests/targets/Heap/bin/Release/net10.0/Heap.dll \
    GRAPH=$PWD/tests/targets/Graph/bin/Release/net10.0/Graph.dll
cd "$caller"
exec dotnet "$bench" "$@"
