#!/bin/sh
# Rebuilds wasm/kernels.wasm (Rust) and wasm/ckernels.wasm (C), the preview-1 modules the benchmark runs.
# Needs Rust with the target wasm32-wasip1 and, for C, Debian's clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32.
# Optimised for speed, no link-time optimisation, no debug information: what a release build of a user looks like.
set -eu
cd "$(dirname "$0")"
target="${CVM_CACHE:-$HOME/.cache/cvm}/target/kernels"
mkdir -p wasm

# Panic messages name source files; where cargo keeps them is nobody's business.
RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=crates"
export RUSTFLAGS

echo "kernels.wasm: cargo build, wasm32-wasip1"
cargo build --quiet --locked -j2 --release --manifest-path rust/Cargo.toml --target wasm32-wasip1 --target-dir "$target"
cp "$target/wasm32-wasip1/release/kernels.wasm" wasm/kernels.wasm

echo "ckernels.wasm: clang-19, wasm32-wasi"
clang-19 --target=wasm32-wasi -std=c17 -O3 -Wall -Wextra -Werror -Wl,--strip-all -o wasm/ckernels.wasm c/*.c
ls -l wasm
