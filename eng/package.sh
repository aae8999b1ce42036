#!/usr/bin/env bash
# Makes the tool's packages and, for each platform that this machine compiles to native code, dotnet-memtrace-PLATFORM.tar.gz: the tool as one file.
# usage: eng/package.sh [FOLDER [OPTION ...]]      (FOLDER: artifacts/packages, emptied first; OPTION: of dotnet pack)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${1:-$root/artifacts/packages}")

rm -rf "$folder"
mkdir -p "$folder"
dotnet pack "$root/src/dotnet-memtrace" --configuration Release --output "$folder" "--property:NativeFilesFolder=$folder/native" "${@:2}"

for file in "$folder"/native/*/dotnet-memtrace; do
    [[ -x $file ]] || { echo "No native file: this machine has no clang."; break; }
    platform=$(basename "$(dirname "$file")")
    tar --create --gzip --file "$folder/dotnet-memtrace-$platform.tar.gz" --owner 0 --group 0 --numeric-owner --directory "$(dirname "$file")" dotnet-memtrace
    echo "$folder/dotnet-memtrace-$platform.tar.gz"
done
