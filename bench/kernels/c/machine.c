/* An interpreter inside the interpreter: Brainf*** run by a switch, after folding runs and matching brackets. */
#include <string.h>

#include "kernels.h"

typedef enum { kAdd, kMove, kOut, kOpen, kClose, kHalt } Operation;

typedef struct {
  Operation operation;
  int32_t argument; /* amount, or the index of the matching bracket */
} Instruction;

enum { kMaxProgram = 1024, kTape = 30000 };

static int Compile(const char* source, Instruction* program) {
  int stack[64], depth = 0, size = 0;
  for (; *source != '\0' && size < kMaxProgram - 1; ++source) {
    Operation operation;
    int32_t amount = 1;
    switch (*source) {
      case '+':
        operation = kAdd;
        break;
      case '-':
        operation = kAdd;
        amount = -1;
        break;
      case '>':
        operation = kMove;
        break;
      case '<':
        operation = kMove;
        amount = -1;
        break;
      case '.':
        operation = kOut;
        break;
      case '[':
        operation = kOpen;
        break;
      case ']':
        operation = kClose;
        break;
      default:
        continue;
    }
    if (operation <= kMove && size > 0 && program[size - 1].operation == operation) {
      program[size - 1].argument += amount;
      continue;
    }
    if (operation == kOpen) stack[depth++] = size;
    if (operation == kClose) {
      amount = stack[--depth];
      program[amount].argument = size;
    }
    program[size++] = (Instruction){operation, amount};
  }
  program[size] = (Instruction){kHalt, 0};
  return size;
}

static uint64_t Execute(const Instruction* program) {
  static uint8_t tape[kTape];
  memset(tape, 0, sizeof tape);
  uint64_t sum = 0;
  int cell = 0;
  for (const Instruction* at = program;; ++at) {
    switch (at->operation) {
      case kAdd:
        tape[cell] = (uint8_t)(tape[cell] + at->argument);
        break;
      case kMove:
        cell += at->argument;
        break;
      case kOut:
        sum = Mix(sum, tape[cell]);
        break;
      case kOpen:
        if (tape[cell] == 0) at = program + at->argument;
        break;
      case kClose:
        if (tape[cell] != 0) at = program + at->argument;
        break;
      case kHalt:
        return sum;
    }
  }
}

/* Squares up to 10000, printed in decimal, by a program of that language. */
uint64_t Brain(unsigned scale) {
  static const char kSquares[] =
      "++++[>+++++<-]>[<+++++>-]+<+[>[>+>+<<-]++>>[<<+>>-]>>>[-]++>[-]+>>>+[[-]++++++>>>]<<<[[<++++++++<++>>-]+<.<[>---"
      "-"
      "<-]<]<<[>>>>>[>>>[-]+++++++++<[>-<-]+++++++++>[-[<->-]+[<<<]]<[>+<-]>]<<-]<<-]";
  static Instruction program[kMaxProgram];
  uint64_t sum = 0;
  Compile(kSquares, program);
  for (unsigned round = 0; round < 70 * scale; ++round) sum = Mix(sum, Execute(program));
  return sum;
}
