#include "vm/compile/analysis.hpp"

#include <algorithm>

namespace cvm {
namespace {

// Whether other code may run before the next instruction does: LP is not kept.
bool IsCall(Opcode op) {
  switch (op) {
    case Opcode::kTryTable:
    case Opcode::kTry:
    case Opcode::kThrow:
    case Opcode::kThrowRef:
    case Opcode::kRethrow:
    case Opcode::kCall:
    case Opcode::kCallIndirect:
    case Opcode::kCallRef:
    case Opcode::kReturnCall:
    case Opcode::kReturnCallIndirect:
    case Opcode::kReturnCallRef:
      return true;
    default:
      return false;
  }
}

class AnalysisSink {
 public:
  explicit AnalysisSink(Analysis* out) : out_(*out) { open_.push_back({}); }

  bool reachable() const { return true; }

  Result<void> OnInstr(const Instr& instr, bool) {
    switch (instr.info().imm) {
      case ImmKind::kLocal:
        OnLocal(instr);
        break;
      case ImmKind::kBlock:
      case ImmKind::kTryTable:
        OnOpen(instr);
        if (IsCall(instr.op)) CloseLoops();
        break;
      default:
        if (instr.op == Opcode::kEnd || instr.op == Opcode::kDelegate) {
          OnEnd(instr);
          return {};
        }
        if (instr.op == Opcode::kElse) {
          open_.back().ended = ended_;
          out_.has_else[open_.back().block] = true;
        }
        if (IsCall(instr.op)) CloseLoops();
    }
    ended_ = kNone;
    return {};
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Open {
    uint32_t loop = kNone;   // index into loops, of a loop
    uint32_t block = kNone;  // in order of all blocks
    uint32_t ended = kNone;  // of an if: the block that ends where its first arm does
    uint64_t offset = 0;
  };

  void OnLocal(const Instr& instr) {
    out_.uses[instr.index] += uint64_t{1} << std::min<size_t>(open_loops_.size(), 30);
    if (instr.op != Opcode::kLocalGet) out_.last_write[instr.index] = instr.offset;
  }

  void OnOpen(const Instr& instr) {
    Open open;
    open.offset = instr.offset;
    open.block = static_cast<uint32_t>(out_.tail.size());
    out_.tail.push_back(false);
    out_.has_else.push_back(false);
    ends_with_.push_back(kNone);
    if (instr.op == Opcode::kLoop) {
      CloseLoops();
      open.loop = static_cast<uint32_t>(out_.loops.size());
      out_.loops.push_back({});
      open_loops_.push_back(open.loop);
    }
    open_.push_back(open);
  }

  void OnEnd(const Instr& instr) {
    const Open open = open_.back();
    open_.pop_back();
    if (open_.empty()) return FinishTails();
    for (const uint32_t block : {ended_, open.ended}) {
      if (block != kNone) ends_with_[block] = open.block;
    }
    ended_ = open.block;
    if (open.loop == kNone) return;
    out_.loops[open.loop].large = instr.offset - open.offset > Analysis::kLargeLoopBytes;
    open_loops_.pop_back();
    closed_below_ = std::min(closed_below_, open_loops_.size());
  }

  // A block that ends where an outer one does is a tail if that one is; outer blocks come first.
  void FinishTails() {
    if (ended_ != kNone) out_.tail[ended_] = true;
    for (size_t i = 0; i < ends_with_.size(); ++i) {
      if (ends_with_[i] != kNone && out_.tail[ends_with_[i]]) out_.tail[i] = true;
    }
  }

  // The loops around this place may not use LP. Those below closed_below_ have been told before.
  void CloseLoops() {
    for (size_t i = closed_below_; i < open_loops_.size(); ++i) out_.loops[open_loops_[i]].lp = false;
    closed_below_ = open_loops_.size();
  }

  Analysis& out_;
  std::vector<Open> open_;
  std::vector<uint32_t> open_loops_;
  size_t closed_below_ = 0;
  uint32_t ended_ = kNone;           // the block whose end is the instruction just before
  std::vector<uint32_t> ends_with_;  // by block: the outer one that ends where it does
};

}  // namespace

Result<Analysis> AnalyzeFunction(const ModuleData& module, const Features& features, FuncIndex func) {
  const Function& function = module.FunctionAt(func);
  Analysis out;
  out.locals = module.FuncTypeOf(func).params;
  out.params = static_cast<uint32_t>(out.locals.size());
  for (const LocalRun& run : function.locals) out.locals.insert(out.locals.end(), run.count, run.type);
  out.uses.resize(out.locals.size());
  out.last_write.resize(out.locals.size());
  AnalysisSink sink(&out);
  CVM_RETURN_IF_ERROR(DriveBody(function, features, sink));
  return out;
}

}  // namespace cvm
