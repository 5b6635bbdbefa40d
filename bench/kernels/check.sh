#!/bin/sh
# check.sh COMMAND... runs every kernel at scale 1 as `COMMAND... FILE NAME 1` and compares with checksums.txt; so the
# engines that are timed against one another are known to do the same work. Ends with 1 if any differs.
#   check.sh cvm-run        check.sh wasmi run        check.sh ~/.cache/cvm/venv/bin/python test/guests/run_wasmtime.py
# `check.sh --bless COMMAND...` writes checksums.txt anew.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
table="$here/checksums.txt"
bless=no
if [ "${1:-}" = --bless ]; then
  bless=yes
  shift
fi
[ $# -gt 0 ] || { sed -n 2,5p "$0"; exit 2; }
results="$(mktemp)"
trap 'rm -f "$results"' EXIT
for file in kernels ckernels; do
  for name in $("$@" "$here/wasm/$file.wasm"); do
    line="$("$@" "$here/wasm/$file.wasm" "$name" 1)" || line="$name 1 failed"
    echo "$file $line" >>"$results"
  done
done
if [ "$bless" = yes ]; then
  cp "$results" "$table"
fi
if diff "$table" "$results"; then
  echo "$(wc -l <"$results") kernels, all equal"
else
  exit 1
fi
