#!/bin/sh
# Regenerates the .wasm files beside the .wat sources, so that the tests need no text parser and no tool. Needs wasm-tools.
set -eu
cd "$(dirname "$0")"
for source in *.wat; do
  wasm-tools parse "$source" -o "${source%.wat}.wasm"
done
