/* Classic algorithms over arrays of bytes and integers. */
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

/* CRC-32 (IEEE 802.3, reflected), one table look-up a byte. */
uint64_t Crc32(unsigned scale) {
  static uint32_t table[256];
  static uint8_t data[1 << 16];
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  uint64_t seed = 3;
  for (unsigned i = 0; i < sizeof data; ++i) data[i] = (uint8_t)NextRandom(&seed);
  uint32_t crc = 0xffffffffu;
  for (unsigned round = 0; round < 1000 * scale; ++round) {
    for (unsigned i = 0; i < sizeof data; ++i) crc = table[(crc ^ data[i]) & 0xff] ^ (crc >> 8);
  }
  return crc ^ 0xffffffffu;
}

typedef struct {
  uint32_t key;
  uint32_t payload;
} Pair;

static int ComparePairs(const void* a, const void* b) {
  const Pair *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return x->payload < y->payload ? -1 : x->payload > y->payload;
}

/* The library's qsort: a comparison through a function pointer. */
uint64_t Qsort(unsigned scale) {
  enum { kPairs = 260000 };
  Pair* pairs = malloc(kPairs * sizeof(Pair));
  if (pairs == NULL) return 0;
  uint64_t seed = 5, sum = 0;
  for (unsigned round = 0; round < scale; ++round) {
    for (uint32_t i = 0; i < kPairs; ++i) pairs[i] = (Pair){(uint32_t)Below(&seed, 100000), i};
    qsort(pairs, kPairs, sizeof(Pair), ComparePairs);
    for (int i = 0; i < kPairs; i += 97) sum = Mix(sum, (uint64_t)pairs[i].key << 32 | pairs[i].payload);
  }
  free(pairs);
  return sum;
}

enum { kLzSize = 1 << 18, kLzHashBits = 13, kLzMinMatch = 4, kLzMaxMatch = 255 + kLzMinMatch };

/* Greedy LZ77 with a hash of the last position of four bytes. Tokens: 0 byte | length 1..255, offset (2 bytes). */
static unsigned LzPack(const uint8_t* in, unsigned size, uint8_t* out) {
  static int32_t last[1 << kLzHashBits];
  memset(last, 0xff, sizeof last);
  unsigned from = 0, to = 0;
  while (from < size) {
    unsigned length = 0, offset = 0;
    if (from + kLzMinMatch <= size) {
      uint32_t four = in[from] | in[from + 1] << 8 | in[from + 2] << 16 | (uint32_t)in[from + 3] << 24;
      uint32_t hash = four * 2654435761u >> (32 - kLzHashBits);
      int32_t candidate = last[hash];
      last[hash] = (int32_t)from;
      if (candidate >= 0 && from - (unsigned)candidate < 65536) {
        offset = from - (unsigned)candidate;
        while (length < kLzMaxMatch && from + length < size && in[from + length] == in[candidate + length]) ++length;
      }
    }
    if (length >= kLzMinMatch + 1) {
      out[to++] = (uint8_t)(length - kLzMinMatch);
      out[to++] = (uint8_t)offset;
      out[to++] = (uint8_t)(offset >> 8);
      from += length;
    } else {
      out[to++] = 0;
      out[to++] = in[from++];
    }
  }
  return to;
}

static unsigned LzUnpack(const uint8_t* in, unsigned size, uint8_t* out) {
  unsigned from = 0, to = 0;
  while (from < size) {
    unsigned code = in[from++];
    if (code == 0) {
      out[to++] = in[from++];
    } else {
      unsigned offset = in[from] | in[from + 1] << 8;
      from += 2;
      for (unsigned length = code + kLzMinMatch; length > 0; --length, ++to) out[to] = out[to - offset];
    }
  }
  return to;
}

/* Packs and unpacks text-like bytes, comparing the result. */
uint64_t Lz(unsigned scale) {
  static uint8_t text[kLzSize], packed[2 * kLzSize], back[kLzSize];
  uint64_t seed = 9, sum = 0;
  for (unsigned round = 0; round < 40 * scale; ++round) {
    for (unsigned i = 0; i < kLzSize;) {
      unsigned start = (unsigned)Below(&seed, i + 1), length = 3 + (unsigned)Below(&seed, 12);
      for (; length > 0 && i < kLzSize; --length, ++i) {
        text[i] = start + 4 < i ? text[start++] : (uint8_t)('a' + Below(&seed, 26));
      }
      if (i < kLzSize && Below(&seed, 3) == 0) text[i++] = (uint8_t)(' ' + Below(&seed, 90));
    }
    unsigned size = LzPack(text, kLzSize, packed);
    if (LzUnpack(packed, size, back) != kLzSize || memcmp(text, back, kLzSize) != 0) return 0;
    sum = Mix(sum, size);
    for (unsigned i = 0; i < size; i += 61) sum = Mix(sum, packed[i]);
  }
  return sum;
}

static uint64_t Place(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
  if (columns == all) return 1;
  uint64_t count = 0;
  for (uint32_t free = all & ~(columns | left | right); free != 0; free &= free - 1) {
    uint32_t bit = free & (0u - free);
    count += Place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

/* Solutions of the queens problem on boards of nine to eleven, by bit masks. */
uint64_t Queens(unsigned scale) {
  uint64_t sum = 0;
  for (unsigned round = 0; round < 360 * scale; ++round) sum = Mix(sum, Place((1u << (9 + round % 3)) - 1, 0, 0, 0));
  return sum;
}

/* The string functions of the library: building, searching, splitting, converting. */
uint64_t Strings(unsigned scale) {
  static char text[1 << 16], copy[sizeof text];
  uint64_t seed = 21, sum = 0;
  unsigned length = 0;
  while (length + 32 < sizeof text) {
    for (uint64_t n = 1 + Below(&seed, 9); n > 0; --n) text[length++] = (char)('0' + Below(&seed, 10));
    text[length++] = ",; "[Below(&seed, 3)];
  }
  text[length] = '\0';
  for (unsigned round = 0; round < 140 * scale; ++round) {
    strcpy(copy, text);
    for (char* token = strtok(copy, ",; "); token != NULL; token = strtok(NULL, ",; ")) {
      sum = Mix(sum, strtoul(token, NULL, 10) + strlen(token));
    }
    for (const char* found = strstr(text, "77"); found != NULL; found = strstr(found + 1, "77")) {
      sum = Mix(sum, (uint64_t)(strchr(found, ',') - text));
    }
    text[Below(&seed, length)] ^= 1;
  }
  return sum;
}
