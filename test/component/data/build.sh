#!/bin/sh
# Regenerates the *.bin.wast files beside the *.wast sources: the same scripts with every component in binary form, so
# that the tests need no text parser and no tool. Needs wasm-tools and python3.
set -eu
cd "$(dirname "$0")"
for source in *.wast; do
  case $source in *.bin.wast) continue ;; esac
  work=$(mktemp -d)
  wasm-tools json-from-wast "$source" --wasm-dir "$work" -o "$work/script.json"
  python3 to_binary.py "$source" "$work" >"${source%.wast}.bin.wast"
  rm -r "$work"
done
