#!/usr/bin/env bash
# Builds the guests that the tests run, and the wasmtime they are compared with.
#
#   build.sh [WHAT...]     WHAT is any of rust rust_async c cpp go python javascript wasmtime, or
#                          small     rust rust_async c cpp: into test/guests/wasm, committed
#                          large     go python javascript: into the cache, too big to commit
#                          tests     what the tests need besides the committed files: wasmtime and large; what cannot be
#                                    built here (no compiler, no registry) is reported and left out
#                          all       everything (the default)
#
# Nothing is installed outside the cache, ${CVM_CACHE:-~/.cache/cvm}: npm packages in npm/, Python ones in venv/, results in
# guests/. A result whose sources have not changed is kept; --force builds it anyway. Needed on the machine, per language:
#   rust        rustup with the targets wasm32-wasip1 and wasm32-wasip2; rust_async: wasm-tools too
#   c, cpp      Debian's clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32 libc++-19-dev-wasm32 libc++abi-19-dev-wasm32; node
#   go          Go 1.24 or newer; node      python   python3 with venv; node      javascript   node 20
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${CVM_CACHE:-$HOME/.cache/cvm}"
src="$here/src"
wasm="$here/wasm"
guests="$cache/guests"
npm="$cache/npm"
bin="$npm/node_modules/.bin"
venv="$cache/venv"
stamps="$cache/stamps"
force=no

# The versions the recorded answers were made with.
# preview2-shim by itself because componentize-js imports it without saying so.
npm_packages=(@bytecodealliance/jco@1.35.0 @bytecodealliance/componentize-js@0.23.0 @bytecodealliance/preview2-shim@0.17.3
              componentize-qjs@0.4.5 binaryen@132.0.0)
wasmtime_package=wasmtime==50.0.1
python_package=componentize-py==0.25.1
wasi_version=0.2.12

say() { echo "guests: $*"; }
need() { command -v "$1" >/dev/null || { say "$1 is not installed"; return 1; }; }

# The digest of sources (names and contents), of this script and so of the versions it names.
digest() { find "$@" "${BASH_SOURCE[0]}" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

# fresh RESULT SOURCE...: RESULT exists and was built from just these sources. Not by time: a clone has no times.
fresh() {
  local result="$1" stamp
  stamp="$stamps/$(basename "$1")"
  shift
  [ "$force" = no ] && [ -s "$result" ] && [ -s "$stamp" ] && [ "$(cat "$stamp")" = "$(digest "$@")" ]
}

# built RESULT SOURCE...: notes that RESULT now is what these sources give.
built() {
  local stamp
  stamp="$stamps/$(basename "$1")"
  shift
  mkdir -p "$stamps"
  digest "$@" >"$stamp"
}

node_tools() {
  local stamp="$npm/stamp"
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "${npm_packages[*]}" ] && return
  need npm
  say "npm packages: ${npm_packages[*]}"
  rm -rf "$npm"
  mkdir -p "$npm"
  echo '{"private": true}' >"$npm/package.json"
  npm install --prefix "$npm" --silent --no-audit --no-fund "${npm_packages[@]}"
  echo "${npm_packages[*]}" >"$stamp"
}

# pip_package REQUIREMENT: installed into the cache's virtual environment, made on first use.
pip_package() {
  local name="${1%%==*}" version="${1##*==}"
  if [ ! -x "$venv/bin/python" ]; then
    need python3
    say "virtual environment: $venv"
    python3 -m venv "$venv"
  fi
  local folder="${name//-/_}-$version.dist-info"
  compgen -G "$venv/lib/python3*/site-packages/$folder" >/dev/null && return
  say "pip package: $1"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "$1"
}

# The world of a command, over the WIT packages that jco carries.
command_wit() {
  local wit="$cache/wit" package
  node_tools
  rm -rf "$wit"
  mkdir -p "$wit/deps"
  for package in "$npm/node_modules/@bytecodealliance/jco/lib/wit/builtin/$wasi_version"/wasi-*; do
    cp -r "$package" "$wit/deps/"
  done
  printf 'package cvm:guests;\n\nworld app {\n  include wasi:cli/command@%s;\n}\n' "$wasi_version" >"$wit/world.wit"
}

# component CORE RESULT: a preview-1 command module with jco's adapter around it.
component() {
  node_tools
  chmod 644 "$1"
  "$bin/jco" new "$1" --wasi-command -o "$2" >/dev/null
}

build_rust() {
  local target program
  local results=("$wasm"/rust-{p1,p2}-{tour,details}.wasm "$wasm/rust-p2-wasi2.wasm")
  local result all_fresh=yes
  for result in "${results[@]}"; do fresh "$result" "$src/rust" || all_fresh=no; done
  [ "$all_fresh" = yes ] && return
  need cargo
  # Panic messages name source files; where cargo keeps them is nobody's business.
  export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=crates"
  for target in p1 p2; do
    say "rust, wasm32-wasi$target"
    local packages=(-p tour -p details)
    [ "$target" = p2 ] && packages+=(-p wasi2)
    cargo build --quiet --locked -j2 --release --manifest-path "$src/rust/Cargo.toml" --target "wasm32-wasi$target" \
      --target-dir "$cache/target/guests" "${packages[@]}"
  done
  for result in "${results[@]}"; do
    program="${result##*-}"
    target="${result##*/rust-}"
    install -m 644 "$cache/target/guests/wasm32-wasi${target%%-*}/release/$program" "$result"
    built "$result" "$src/rust"
  done
}

# Two components that pass streams and futures to one another, composed into one.
build_rust_async() {
  local result="$wasm/rust-async-pipes.wasm" built="$cache/target/guests-async"
  fresh "$result" "$src/rust-async" && return
  need cargo
  need wasm-tools
  say "rust, component-model async"
  export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=crates"
  cargo build --quiet --locked -j2 --release --manifest-path "$src/rust-async/Cargo.toml" --target wasm32-wasip2 \
    --target-dir "$built"
  wasm-tools compose "$built/wasm32-wasip2/release/pipeline.wasm" -d "$built/wasm32-wasip2/release/splitter.wasm" \
    -o "$built/pipes.wasm" 2>/dev/null
  install -m 644 "$built/pipes.wasm" "$result"
  built "$result" "$src/rust-async"
}

build_c() {
  local program
  for program in tour details; do
    fresh "$wasm/c-component-$program.wasm" "$src/c/$program" && continue
    need clang-19
    say "c, $program"
    clang-19 --target=wasm32-wasi -std=c17 -D_GNU_SOURCE -Oz -Wall -Wextra -Werror \
      -Wl,--strip-all -o "$wasm/c-p1-$program.wasm" "$src/c/$program/$program.c"
    component "$wasm/c-p1-$program.wasm" "$wasm/c-component-$program.wasm"
    built "$wasm/c-component-$program.wasm" "$src/c/$program"
  done
}

build_cpp() {
  fresh "$wasm/cpp-component-tour.wasm" "$src/cpp/tour" && return
  need clang++-19
  say "c++, tour"
  clang++-19 --target=wasm32-wasi -std=c++20 -Oz -fno-exceptions -fno-rtti -Wall -Wextra -Werror -Wl,--strip-all \
    -o "$wasm/cpp-p1-tour.wasm" "$src/cpp/tour/tour.cpp"
  component "$wasm/cpp-p1-tour.wasm" "$wasm/cpp-component-tour.wasm"
  built "$wasm/cpp-component-tour.wasm" "$src/cpp/tour"
}

build_go() {
  local result="$guests/go-component-tour.wasm" module="$guests/go-p1-tour.wasm" work="$cache/target/go"
  fresh "$result" "$src/go" && return
  need go
  node_tools
  say "go, tour"
  mkdir -p "$work"
  (cd "$src/go/tour" && GOOS=wasip1 GOARCH=wasm go build -trimpath -ldflags='-s -w' -o "$module" .)
  "$bin/wasm-as" --all-features "$src/go/reserve.wat" -o "$work/reserve.wasm"
  "$bin/wasm-merge" --all-features "$module" main "$work/reserve.wasm" reserve -o "$work/merged.wasm"
  component "$work/merged.wasm" "$result"
  built "$result" "$src/go"
}

build_python() {
  local result="$guests/python-tour.wasm"
  fresh "$result" "$src/python" && return
  pip_package "$python_package"
  command_wit
  say "python, tour"
  # From a copy: what is compiled on the way is left beside the source.
  rm -rf "$cache/target/python"
  mkdir -p "$cache/target"
  cp -r "$src/python/tour" "$cache/target/python"
  "$venv/bin/componentize-py" -d "$cache/wit" -w app componentize -p "$cache/target/python" app -o "$result" >/dev/null
  built "$result" "$src/python"
}

build_javascript() {
  local result="$guests/js-spidermonkey-tour.wasm"
  if ! fresh "$result" "$src/javascript"; then
    command_wit
    say "javascript, tour, SpiderMonkey"
    "$bin/componentize-js" "$src/javascript/tour/app.js" --wit "$cache/wit" --world-name app -o "$result" >/dev/null
    built "$result" "$src/javascript"
  fi
  result="$guests/js-quickjs-tour.wasm"
  if ! fresh "$result" "$src/javascript"; then
    command_wit
    say "javascript, tour, QuickJS"
    # From the source's folder: the path given appears in the guest's own error messages.
    (cd "$src/javascript/tour" && "$bin/componentize-qjs" --sync -w "$cache/wit" -n app -j app.js -o "$result" >/dev/null)
    built "$result" "$src/javascript"
  fi
  # Without --sync: the ABI of component-model async, also for functions that are not `async`.
  result="$guests/js-quickjs-async-tour.wasm"
  if ! fresh "$result" "$src/javascript"; then
    command_wit
    say "javascript, tour, QuickJS, component-model async"
    (cd "$src/javascript/tour" && "$bin/componentize-qjs" -w "$cache/wit" -n app -j app.js -o "$result" >/dev/null)
    built "$result" "$src/javascript"
  fi
  result="$guests/js-quickjs-async-relay.wasm"
  if ! fresh "$result" "$src/javascript"; then
    say "javascript, relay, QuickJS, component-model async"
    (cd "$src/javascript/relay" && "$bin/componentize-qjs" -w . -n relay -j relay.js -o "$result" >/dev/null)
    built "$result" "$src/javascript"
  fi
}

build_wasmtime() { pip_package "$wasmtime_package"; }

# soft WHAT: builds it, or says that it is left out. In a shell of its own, so that `set -e` holds inside.
soft() {
  set +e
  (set -e; "build_$1")
  local status=$?
  set -e
  [ "$status" = 0 ] || say "$1 cannot be built here; its tests will be skipped"
}

main() {
  mkdir -p "$wasm" "$guests"
  local what list=()
  [ $# -gt 0 ] || set -- all
  for what in "$@"; do
    case "$what" in
      --force) force=yes ;;
      small) list+=(rust rust_async c cpp) ;;
      large) list+=(go python javascript) ;;
      all) list+=(rust rust_async c cpp go python javascript wasmtime) ;;
      tests) for what in wasmtime go python javascript; do soft "$what"; done ;;
      rust | rust_async | c | cpp | go | python | javascript | wasmtime) list+=("$what") ;;
      *) sed -n '2,/^set /p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//'; return 2 ;;
    esac
  done
  for what in ${list[@]+"${list[@]}"}; do "build_$what"; done
  say "done: $(ls "$wasm"/*.wasm "$guests"/*.wasm 2>/dev/null | wc -l) guests"
}

main "$@"
