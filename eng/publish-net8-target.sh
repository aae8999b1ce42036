#!/usr/bin/env bash
# Publishes a program of tests/targets (Known, LiveTruth, Footprint) for .NET 8, self-contained, so that it runs where only .NET 10
# is installed, and prints the path of its executable. Does nothing if the executable is newer than its sources.
#
# usage: eng/publish-net8-target.sh [RID [NAME]]      (default: linux-x64 Known)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rid=${1:-linux-x64}
name=${2:-Known}
artifacts=$root/artifacts/net8.0
executable=$artifacts/publish/$name/release_$rid/$name

mkdir -p "$artifacts"
exec 9>"$artifacts/.lock"
flock 9

if [[ ! -x $executable || -n $(find "$root/tests/targets" "$root/eng" -maxdepth 2 -newer "$executable" -name '*.cs*' -o -newer "$executable" -name '*.targets') ]]; then
    # An artifacts path of its own: this restore must not touch obj/ of the normal build.
    dotnet publish "$root/tests/targets/$name" --configuration Release --runtime "$rid" --artifacts-path "$artifacts" \
        --property:ForNet8=true --verbosity quiet >&2
    touch "$executable"
fi

echo "$executable"
