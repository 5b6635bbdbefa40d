// FunctionValidator: the machine of core/appendix/algorithm. It reads a function body (or a constant expression)
// instruction by instruction and checks each against its rule.
//
// Rules come from the instruction table: a row with a signature is checked by it (rules.cpp), the others by a function
// of their own (rules_*.cpp), which works on the machine through the primitives below. Primitives and rules answer
// false once something is wrong; the error is built then and kept here, so that the way of a valid function allocates
// nothing and constructs no Result. Nesting lives on an explicit stack: depth costs memory in proportion to the body.
//
// Not thread-safe; reusable for one function after another of the same module.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vm/isa/instr.hpp"
#include "vm/module/module.hpp"
#include "vm/validate/module.hpp"
#include "vm/validate/packed.hpp"

namespace cvm {

struct Rule;
struct CheckRow;

class FunctionValidator {
 public:
  static constexpr uint32_t kNoType = UINT32_MAX;
  static constexpr Packed kNoResult = UINT32_MAX;

  // One open block. The function body is the outermost, with `op` kBlock.
  struct Frame {
    Opcode op = Opcode::kBlock;  // block, loop, if, else, try, catch, catch_all or try_table
    bool unreachable = false;
    uint32_t type = kNoType;    // the function type that gives parameters and results, or
    Packed single = kNoResult;  // the one result
    uint32_t height = 0;        // of the operand stack below the block
    uint32_t init_height = 0;   // of the record of set locals
  };

  FunctionValidator(const ModuleData& module, const ValidatedModule& validated);

  // Begins a body. REQUIRES: not imported.
  bool BeginFunction(FuncIndex func);
  // Begins a constant expression (valid/instructions#constant-expressions) of type `wanted` that sees the first
  // `visible_globals` globals; functions that ref.func names are marked in `declared`.
  bool BeginConstant(const Expr& expr, ValType wanted, uint32_t visible_globals, std::vector<bool>* declared);

  // True once the final `end` was accepted.
  bool done() const { return frames_.empty(); }
  // Reads the next instruction and checks it. REQUIRES: !done().
  bool Next(Instr* instr);
  // Whether the instruction last read by Next can be reached.
  bool reachable() const { return reachable_; }
  // Next until done.
  bool RunToEnd();
  // The error behind the last false.
  Error TakeError();

  // --- Primitives for rules -------------------------------------------------------------------------------------

  const ModuleData& module() const { return module_; }
  const ValidatedModule& validated() const { return validated_; }
  const Features& features() const { return validated_.features; }
  const LoadLimits& limits() const { return validated_.limits; }
  const TypeContext& types() const { return types_; }

  // Errors at the present instruction; always false.
  [[gnu::cold]] bool Fail(Error error);
  [[gnu::cold]] bool Invalid(std::string words);
  [[gnu::cold]] bool Malformed(std::string words);
  [[gnu::cold]] bool TypeMismatch(std::string details);          // "type mismatch: " + details
  [[gnu::cold]] bool Unknown(const char* what, uint32_t index);  // "unknown local 7"
  [[gnu::cold]] bool Disabled(Feature feature);
  [[gnu::cold]] bool Exceeded(LoadLimit which, uint64_t found);

  bool Push(Packed type) {
    if (top_ == limit_ && !Grow()) return false;
    *top_++ = type;
    return true;
  }
  bool PushAll(PackedSpan types);
  // Pops operands that must match `types`, the last one on top.
  bool PopAll(PackedSpan types);
  bool Pop(Packed type) { return PopAll({&type, 1}); }
  // Pops an operand of any type; kPackedBottom where unreachable code leaves it open.
  bool PopAny(Packed* type);
  // Pops a reference of any type; (ref bot) where it is left open.
  bool PopRef(ValType* type);
  // Like PopAll and PushAll of the same types, but leaves the operands as they are.
  bool CheckTop(PackedSpan types);
  bool Apply(PackedSpan params, PackedSpan results) { return PopAll(params) && PushAll(results); }
  bool Matches(Packed actual, Packed wanted) const;
  bool MatchesAll(PackedSpan actual, PackedSpan wanted) const;
  // What follows cannot be reached: the stack becomes polymorphic.
  bool MarkUnreachable();

  std::vector<Frame>& frames() { return frames_; }
  Frame& frame() { return frames_.back(); }
  PackedSpan ParamsOf(const Frame& frame) const;
  PackedSpan ResultsOf(const Frame& frame) const;
  PackedSpan FunctionResults() const { return ResultsOf(frames_.front()); }
  // The types that a branch to `depth` carries; false if there is no such label. The span lives until frames() grows.
  bool Label(uint32_t depth, PackedSpan* types);
  bool OpenBlock(Opcode op, const BlockType& block);  // parameters move from the outer stack into the block
  bool CheckBlockType(const BlockType& block);
  // The innermost block has come to the end of one of its arms: checks its results and empties its stack.
  bool CloseArm();
  // Begins another arm of it, as `op`, with `params` on the stack.
  bool OpenArm(Opcode op, PackedSpan params);
  // Closes the block: its results appear on the outer stack.
  bool CloseBlock();

  // Locals. REQUIRES (Set): index in range.
  size_t local_count() const { return local_count_; }
  Packed LocalType(uint32_t index) const { return locals_[index] & ~kUnsetLocal; }
  bool IsUnset(uint32_t index) const { return (locals_[index] & kUnsetLocal) != 0; }
  void SetLocal(uint32_t index) {
    if (!IsUnset(index)) return;
    locals_[index] &= ~kUnsetLocal;
    set_locals_.push_back(index);
  }

  // Indices and types that instructions name.
  bool CheckValType(ValType type);
  bool CheckHeapType(HeapType type);
  bool FuncTypeAt(uint32_t type);  // there is such a type and it is a function's
  bool StructTypeAt(uint32_t type, const SubType** out);
  bool ArrayTypeAt(uint32_t type, const FieldType** out);
  bool TableAt(uint32_t index, const TableType** out);
  bool MemoryAt(uint32_t index, AddrKind* addr);
  bool DataAt(uint32_t index);
  bool ElemAt(uint32_t index, const ElementSegment** out);
  uint32_t visible_globals() const { return visible_globals_; }
  // ref.func in a constant expression declares its function, elsewhere the function must be declared.
  bool ReferToFunc(uint32_t func);

  // For rules that need room for a list of types.
  std::vector<Packed>& scratch() { return scratch_; }

 private:
  // Locals that an index of one byte can name; the table of locals is never shorter.
  static constexpr size_t kPaddedLocals = 128;
  static constexpr size_t kFirstOperands = 256;
  static constexpr Packed kNoLocal = ~Packed{0};

  void Reset(const Expr& code);
  bool AddLocals(const Function& function);
  bool FastStep(Instr* instr);
  void FastRun();
  bool SlowStep(Instr* instr);
  bool Read(Instr* instr);
  [[gnu::cold]] bool MissingEnd();
  bool CheckConstant(const Instr& instr);
  bool Grow();
  void Reserve(size_t capacity);
  Packed* begin() const { return storage_.get() + 2; }
  [[gnu::cold]] bool Mismatch(PackedSpan wanted, const char* who);
  void ForgetSetLocals(uint32_t height);
  void UpdateFloor() { floor_ = frames_.empty() ? begin() : begin() + frames_.back().height; }
  uint32_t Height() const { return static_cast<uint32_t>(top_ - begin()); }

  const ModuleData& module_;
  const ValidatedModule& validated_;
  TypeContext types_;
  const Rule* rules_;
  const CheckRow* check_rows_;

  Reader in_;
  uint64_t offset_ = 0;  // of the present instruction
  bool reachable_ = true;
  bool fast_memory_ = false;  // memory 0 exists and is addressed by i32
  bool constant_ = false;
  uint32_t visible_globals_ = 0;
  std::vector<bool>* declared_ = nullptr;

  // The operand stack: [begin(), top_) is used, [floor_, top_) belongs to the innermost block.
  std::unique_ptr<Packed[]> storage_;
  Packed* top_ = nullptr;
  Packed* floor_ = nullptr;
  Packed* limit_ = nullptr;
  std::vector<Frame> frames_;
  std::vector<Packed> locals_;  // at least kPaddedLocals, those that do not exist as kNoLocal
  uint32_t local_count_ = 0;
  std::vector<uint32_t> set_locals_;  // locals set since, in order; undone when a block ends
  std::vector<Packed> scratch_;
  std::optional<Error> error_;
};

// Shared with the validation of declarations; the errors have no place yet.
Error DisabledError(Feature feature);
// Nothing if `type` may stand in a module of `type_count` types with these features; otherwise what is wrong.
std::optional<Error> CheckValTypeIn(ValType type, size_t type_count, const Features& features);
std::optional<Error> CheckHeapTypeIn(HeapType type, size_t type_count, const Features& features);

}  // namespace cvm
