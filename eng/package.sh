#!/usr/bin/env bash
# Makes the packages of the libraries and the tool, and dotnet-memtrace-PLATFORM.tar.gz for each platform that this machine can compile to native code.
#
# usage: eng/package.sh [FOLDER [OPTION...]]
#   FOLDER   where the packages go; emptied first (default: artifacts/packages)
#   OPTION   passed on to dotnet pack
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${1:-$root/artifacts/packages}")

rm -rf "$folder"
mkdir -p "$folder"
for library in Memtrace Memtrace.Testing Memtrace.Testing.Xunit; do
    dotnet pack "$root/src/$library" --configuration Release --output "$folder" --property:LibraryFrameworks=all "${@:2}"
done
dotnet pack "$root/src/dotnet-memtrace" --configuration Release --output "$folder" "--property:NativeFilesFolder=$folder/native" "${@:2}"

for file in "$folder"/native/*/dotnet-memtrace; do
    [[ -x $file ]] || { echo "No native file: install clang to get one."; break; }
    platform=$(basename "$(dirname "$file")")
    tar --create --gzip --file "$folder/dotnet-memtrace-$platform.tar.gz" --owner 0 --group 0 --numeric-owner --directory "$(dirname "$file")" dotnet-memtrace
    echo "$folder/dotnet-memtrace-$platform.tar.gz"
done
