"""The corpus of the interpreter benchmark: rows of bench/kernels/checksums.txt."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def rows():
    """(path of the module, kernel, scale, checksum) of every kernel."""
    for line in (ROOT / "bench/kernels/checksums.txt").read_text().splitlines():
        words = line.split()
        if len(words) == 4 and not line.startswith("#"):
            yield ROOT / "bench/kernels/wasm" / (words[0] + ".wasm"), words[1], words[2], words[3]
