// Plan: a type, or the types of a list of parameters, compiled once into straight-line steps.
//
// A step is one thing to be done with one part of a value: an integer, a string, the discriminant of a variant. It
// knows where the part lies, in memory (an offset from where the value begins) and among flat values (a slot), so that
// executing it computes no layout. Records are gone: their fields are steps of the block around them. What repeats or
// is chosen (elements of a list, cases of a variant) is a block of its own.
//
// A plan has the form of one direction of one call: flat, or in memory. It says nothing of string encodings and
// options, which are the call's. Plain data, immutable once made; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "canonical-abi/types/val_type.hpp"

namespace cvm::abi {

enum class StepKind : uint8_t {
  kCharge,     // `count` values more are accounted for (HostBudget)
  kInt,        // of `width` bytes, copied as it is
  kBool,       // a byte; anything but 0 is 1
  kFloat,      // of `width` bytes; NaNs become the canonical one
  kChar,       // checked
  kEnum,       // a discriminant of `width` bytes, and nothing else; checked against `count`
  kFlags,      // of `width` bytes; bits that are not in `count` are dropped
  kHandle,     // an index into the table of handles; `part`: Plan::types
  kString,     // a pointer and a length
  kList,       // the same; `part`: the block of the elements
  kFixedList,  // `count` elements that lie here (in memory only; flat ones are written out)
  kVariant,    // a discriminant of `width` bytes; `part`: the first of `count` in Plan::cases
};

struct Step {
  StepKind kind;
  uint8_t width = 0;
  bool is_signed = false;  // kInt, flat
  uint32_t offset = 0;     // in memory
  uint32_t slot = 0;       // flat
  uint32_t count = 0;
  uint32_t part = 0;
};

struct PlanBlock {
  std::vector<Step> steps;
  // What lifting has to look at: all but kInt, kBool, kFloat and kFlags, and lists that have no such part.
  std::vector<Step> checks;
  bool bytes = false;   // a single u8: lists of it are one piece
  bool plain = true;    // nothing is checked: checks are kCharge alone, and lists of a fixed length of such
  bool simple = true;   // what is checked are numbers here: neither a pointer is followed nor a table touched
  uint64_t charge = 0;  // plain: values that one of these is charged for in all
  uint32_t size = 0;    // in memory, with the padding to the next element
  uint32_t alignment = 1;
  uint32_t slots = 0;  // flat
};

enum class PlanForm : uint8_t { kFlat, kMemory };

class Plan {
 public:
  // Null: the types are too large to be written out (kMaxPlanSize). In kMemory the types are the fields of a tuple.
  static std::unique_ptr<const Plan> Compile(std::span<const ValType> types, PtrType ptr_type, PlanForm form);

  static constexpr uint32_t kMaxPlanSize = 4096;
  static constexpr uint32_t kNoBlock = UINT32_MAX;

  PtrType ptr_type = PtrType::kI32;
  PlanForm form = PlanForm::kFlat;
  std::vector<PlanBlock> blocks;  // the first is the whole
  std::vector<uint32_t> cases;    // of variants: the block of each payload, or kNoBlock
  std::vector<ValType> types;     // of handles

  const PlanBlock& root() const { return blocks[0]; }
};

}  // namespace cvm::abi
