// Analysis: what the compiler wants to know of a function before it emits the first cell — how hot each local is, where
// it is written last, and which loops may use the loop-head register. One light walk over the bytes, without types.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/isa/instr.hpp"
#include "vm/module/module.hpp"

namespace cvm {

struct LoopInfo {
  bool lp = true;      // innermost and call-free: its head may stay in the LP register
  bool large = false;  // more than kLargeLoopBytes of WebAssembly
};

struct Analysis {
  // Loops longer than this choose handler copies by what stands before a cell instead of in turn: regular straight-line
  // code lives from repeating branch histories.
  static constexpr uint64_t kLargeLoopBytes = 2000;

  std::vector<ValType> locals;  // parameters first
  uint32_t params = 0;
  std::vector<uint64_t> uses;        // by local; ×2 for each loop around a use
  std::vector<uint64_t> last_write;  // by local: file offset of the last local.set or local.tee, 0 if there is none
  std::vector<LoopInfo> loops;       // in the order of their `loop` instructions
  // By block, loop or if, in order: nothing but further ends stands between its end and the function's, or an else
  // whose if is such a one. A jump to its end is a return.
  std::vector<bool> tail;
  std::vector<bool> has_else;  // by block likewise, of an if
};

Result<Analysis> AnalyzeFunction(const ModuleData& module, const Features& features, FuncIndex func);

// Decodes a function body for `sink`, which says itself whether the code it has reached is reachable.
template <class Sink>
Result<void> DriveBody(const Function& function, const Features& features, Sink& sink) {
  Reader in(function.body.bytes, function.body.offset);
  Instr instr;
  while (!in.AtEnd()) {
    CVM_RETURN_IF_ERROR(ReadInstr(in, features, &instr));
    CVM_RETURN_IF_ERROR(sink.OnInstr(instr, sink.reachable()));
  }
  return {};
}

}  // namespace cvm
