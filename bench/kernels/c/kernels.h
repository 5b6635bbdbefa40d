/* What the C kernels share: the table's entry, the generator of input and the checksum. One thread, no state but the
   caller's. Every kernel returns a function of its scale alone. */
#ifndef CVM_BENCH_KERNELS_C_KERNELS_H_
#define CVM_BENCH_KERNELS_C_KERNELS_H_

#include <stdint.h>

typedef uint64_t (*Kernel)(unsigned scale);

/* algorithms.c */
uint64_t Crc32(unsigned scale);
uint64_t Qsort(unsigned scale);
uint64_t Lz(unsigned scale);
uint64_t Queens(unsigned scale);
uint64_t Strings(unsigned scale);

/* embedded.c */
uint64_t List(unsigned scale);
uint64_t Matrix(unsigned scale);
uint64_t State(unsigned scale);
uint64_t Core(unsigned scale);

/* machine.c */
uint64_t Brain(unsigned scale);

/* xorshift64* (Vigna, 2014); *state must not be 0. */
static inline uint64_t NextRandom(uint64_t* state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545f4914f6cdd1dULL;
}

static inline uint64_t Below(uint64_t* state, uint64_t bound) { return (NextRandom(state) >> 11) % bound; }

/* FNV-1a over 64-bit words. */
static inline uint64_t Mix(uint64_t sum, uint64_t value) { return (sum ^ value) * 0x100000001b3ULL; }

#endif
