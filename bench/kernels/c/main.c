/* Benchmark kernels in C, one program: `ckernels NAME SCALE` runs one and prints a checksum; without arguments it lists
   the names. The counterpart of ../rust, with the same command line and the same form of output. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

static const struct {
  const char* name;
  Kernel run;
} kKernels[] = {
    {"crc32", Crc32}, {"qsort", Qsort},   {"lz", Lz},       {"queens", Queens}, {"strings", Strings},
    {"list", List},   {"matrix", Matrix}, {"state", State}, {"core", Core},     {"brain", Brain},
};
enum { kCount = sizeof kKernels / sizeof kKernels[0] };

int main(int argc, char** argv) {
  if (argc < 2) {
    for (int i = 0; i < kCount; ++i) puts(kKernels[i].name);
    return 0;
  }
  unsigned scale = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
  for (int i = 0; i < kCount && scale > 0; ++i) {
    if (strcmp(argv[1], kKernels[i].name) == 0) {
      printf("%s %u %016" PRIx64 "\n", argv[1], scale, kKernels[i].run(scale));
      return 0;
    }
  }
  fputs("usage: ckernels [NAME [SCALE]]\n", stderr);
  return 2;
}
