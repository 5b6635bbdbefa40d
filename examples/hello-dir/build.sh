#!/bin/sh
# Rebuilds hello-dir.wasm. Needs Rust 1.82 or newer and `rustup target add wasm32-wasip2`.
set -eu
cd "$(dirname "$0")"
target="${CVM_CACHE:-$HOME/.cache/cvm}/target/hello-dir"
cargo build --quiet --release --target wasm32-wasip2 --target-dir "$target"
cp "$target/wasm32-wasip2/release/hello-dir.wasm" hello-dir.wasm
ls -l hello-dir.wasm
