/* The three kinds of work that small-device benchmarks mix: linked lists, integer matrices, and a state machine over
   text; then all three under one checksum. */
#include <stddef.h>
#include <stdlib.h>

#include "kernels.h"

typedef struct Item {
  struct Item* next;
  int16_t value;
  uint16_t order;
} Item;

enum { kItems = 400 };

static Item* Reverse(Item* head) {
  Item* reversed = NULL;
  while (head != NULL) {
    Item* next = head->next;
    head->next = reversed;
    reversed = head;
    head = next;
  }
  return reversed;
}

static const Item* Find(const Item* head, int16_t value) {
  while (head != NULL && head->value != value) head = head->next;
  return head;
}

static int ByValue(const Item* a, const Item* b) { return a->value - b->value; }
static int ByOrder(const Item* a, const Item* b) { return a->order - b->order; }

/* Merge sort of a list, bottom up, so that it needs no stack. */
static Item* Sort(Item* head, int (*compare)(const Item*, const Item*)) {
  for (int run = 1;; run *= 2) {
    Item *sorted = NULL, **tail = &sorted, *left = head;
    int merges = 0;
    while (left != NULL) {
      Item* right = left;
      int left_size = 0, right_size = run;
      while (left_size < run && right != NULL) ++left_size, right = right->next;
      ++merges;
      while (left_size > 0 || (right_size > 0 && right != NULL)) {
        int take_left = left_size > 0 && (right_size == 0 || right == NULL || compare(left, right) <= 0);
        Item** from = take_left ? &left : &right;
        take_left ? --left_size : --right_size;
        *tail = *from;
        tail = &(*from)->next;
        *from = (*from)->next;
      }
      left = right;
    }
    *tail = NULL;
    head = sorted;
    if (merges <= 1) return head;
  }
}

static uint64_t ListRound(Item* items, uint64_t* seed) {
  Item* head = NULL;
  for (int i = 0; i < kItems; ++i) {
    items[i] = (Item){head, (int16_t)Below(seed, 3000), (uint16_t)i};
    head = &items[i];
  }
  uint64_t sum = 0;
  for (int probe = 0; probe < 40; ++probe) {
    const Item* found = Find(head, (int16_t)Below(seed, 3000));
    sum = Mix(sum, found != NULL ? found->order : 9999u);
    head = Reverse(head);
  }
  head = Sort(head, ByValue);
  sum = Mix(sum, (uint64_t)head->next->value);
  head = Sort(head, ByOrder);
  return Mix(sum, head->order);
}

/* Linked lists: find, reverse, sort. */
uint64_t List(unsigned scale) {
  static Item items[kItems];
  uint64_t seed = 31, sum = 0;
  for (unsigned round = 0; round < 2600 * scale; ++round) sum = Mix(sum, ListRound(items, &seed));
  return sum;
}

enum { kSide = 40 };

static uint64_t MatrixRound(uint64_t* seed) {
  static int16_t a[kSide][kSide], b[kSide][kSide];
  static int32_t c[kSide][kSide];
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      a[i][j] = (int16_t)Below(seed, 200);
      b[i][j] = (int16_t)(i * j % 100 - 50);
    }
  }
  uint64_t sum = 0;
  for (int pass = 0; pass < 3; ++pass) {
    for (int i = 0; i < kSide; ++i) {
      for (int j = 0; j < kSide; ++j) {
        int32_t total = 0;
        for (int k = 0; k < kSide; ++k) {
          int32_t product = a[i][k] * b[k][j];
          total += pass == 2 ? ((product >> 2) & 0x0f) * ((product >> 5) & 0x7f) : product;
        }
        c[i][j] = total;
      }
    }
    for (int i = 0; i < kSide; ++i) {
      for (int j = 0; j < kSide; ++j) {
        sum = c[i][j] > 500 ? Mix(sum, (uint64_t)c[i][j]) : sum + 10;
        a[i][j] = (int16_t)(a[i][j] + (c[i][j] & 7));
      }
    }
  }
  return sum;
}

/* Products of small integer matrices, plain and of bit fields. */
uint64_t Matrix(unsigned scale) {
  uint64_t seed = 37, sum = 0;
  for (unsigned round = 0; round < 500 * scale; ++round) sum = Mix(sum, MatrixRound(&seed));
  return sum;
}

typedef enum {
  kStart,
  kSign,
  kInteger,
  kFraction,
  kExponentMark,
  kExponentSign,
  kExponent,
  kInvalid,
  kStates
} Automaton;

/* One step of an automaton that recognises decimal numbers. */
static Automaton Step(Automaton state, char c) {
  int digit = c >= '0' && c <= '9', sign = c == '+' || c == '-';
  switch (state) {
    case kStart:
      return digit ? kInteger : sign ? kSign : c == '.' ? kFraction : kInvalid;
    case kSign:
      return digit ? kInteger : c == '.' ? kFraction : kInvalid;
    case kInteger:
      return digit ? kInteger : c == '.' ? kFraction : c == 'e' ? kExponentMark : kInvalid;
    case kFraction:
      return digit ? kFraction : c == 'e' ? kExponentMark : kInvalid;
    case kExponentMark:
      return digit ? kExponent : sign ? kExponentSign : kInvalid;
    case kExponentSign:
    case kExponent:
      return digit ? kExponent : kInvalid;
    default:
      return kInvalid;
  }
}

static uint64_t StateRound(uint64_t* seed) {
  static const char* const kPieces[] = {"5012", "-874",   "+122", "35.54",    ".1234", "-110.7",
                                        "1e7",  "-3.e-2", "+12a", "T0.3e-1F", ".",     "1e+"};
  static char text[4096];
  unsigned size = 0;
  while (size < sizeof text - 16) {
    for (const char* piece = kPieces[Below(seed, 12)]; *piece != '\0';) text[size++] = *piece++;
    text[size++] = ',';
  }
  for (int i = 0; i < 20; ++i) text[Below(seed, size)] ^= 0x11;
  uint32_t finals[kStates] = {0}, moves[kStates] = {0};
  Automaton state = kStart;
  for (unsigned i = 0; i < size; ++i) {
    if (text[i] == ',') {
      ++finals[state];
      state = kStart;
    } else {
      Automaton next = Step(state, text[i]);
      moves[next] += next != state;
      state = next;
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < kStates; ++i) sum = Mix(Mix(sum, finals[i]), moves[i]);
  return sum;
}

/* A state machine that recognises numbers in text. */
uint64_t State(unsigned scale) {
  uint64_t seed = 41, sum = 0;
  for (unsigned round = 0; round < 4500 * scale; ++round) sum = Mix(sum, StateRound(&seed));
  return sum;
}

static uint16_t Crc16(uint16_t crc, uint64_t value) {
  for (int bit = 0; bit < 64; ++bit, value >>= 1) {
    int feed = (int)((crc ^ value) & 1);
    crc >>= 1;
    if (feed) crc ^= 0xa001;
  }
  return crc;
}

/* Lists, matrices and states in turn, checked by a CRC computed bit by bit. */
uint64_t Core(unsigned scale) {
  static Item items[kItems];
  uint64_t seed = 43;
  uint16_t crc = 0;
  for (unsigned round = 0; round < 280 * scale; ++round) {
    crc = Crc16(crc, ListRound(items, &seed));
    crc = Crc16(crc, ListRound(items, &seed));
    crc = Crc16(crc, MatrixRound(&seed));
    for (int i = 0; i < 4; ++i) crc = Crc16(crc, StateRound(&seed));
  }
  return crc;
}
