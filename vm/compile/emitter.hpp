// Emitter: the sink that turns the instructions of one function into cells. It keeps the operand stack symbolically
// (operand.hpp): locals and constants emit nothing, a result is redirected to the local that it is set to, and a
// comparison or an address waits for the instruction that it can be fused with.
//
// Invariants
// - stack_[owner_[r]] is the one operand whose value is in accumulator r; while there is one, alias_[r] is empty.
// - At every label all operands below it are where all paths to the label agree that they are: in their temporaries, or
//   constants, or locals that are not written again (Flush). So joins need no moves.
// - Cells may be redirected or taken back only as far as the last place that something jumps to (CodeBuffer::Last).
//
// Lives while one function is compiled; one thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "vm/compile/analysis.hpp"
#include "vm/compile/code_buffer.hpp"
#include "vm/compile/compile.hpp"
#include "vm/compile/layout.hpp"
#include "vm/compile/operand.hpp"

namespace cvm {

class Emitter {
 public:
  Emitter(const ModuleData& module, FuncIndex func, const CompileEnv& env, const Analysis& analysis,
          const Layout& layout);

  void Begin();
  Result<void> OnInstr(const Instr& instr, bool reachable);
  bool reachable() const { return reachable_; }
  // REQUIRES: the final `end` was seen, and the layout did suffice.
  Result<void> Finish(RegCode* out);

  // What another attempt needs, if the layout did not suffice.
  bool needs_wide() const { return too_far_; }
  uint32_t needed_refs() const { return max_refs_; }

  using Handler = void (Emitter::*)(const Instr&);

 private:
  static constexpr uint32_t kNone = CodeBuffer::kNone;

  // --- emitter.cpp: instructions by kind
  struct Rule {
    Handler handler;
    Opcode first;
    Opcode last = Opcode::kUnreachable;  // where there are several
  };
  static const Rule kRules[];
  static Handler HandlerByFormat(const OpcodeInfo& info);
  static const Handler& HandlerOf(Opcode op);
  void Skip(const Instr& instr);
  void OnNop(const Instr&) {}
  void OnUnsupported(const Instr& instr);
  void OnConst(const Instr& instr);
  void OnV128Const(const Instr& instr);
  void OnShuffle(const Instr& instr);
  void OnDrop(const Instr& instr);
  void OnSelect(const Instr& instr);
  void OnLocalGet(const Instr& instr);
  void OnLocalSet(const Instr& instr);
  void OnLocalTee(const Instr& instr);
  void OnGlobalGet(const Instr& instr);
  void OnGlobalSet(const Instr& instr);
  void OnSimple(const Instr& instr);
  void OnRefNull(const Instr& instr);
  void OnRefIsNull(const Instr& instr);
  void OnRefEq(const Instr& instr);
  void Simple(RegOp op, uint32_t operands, ValType result, const Extra& extra = {});

  // --- values.cpp: the symbolic operand stack
  Operand& top() { return stack_.back(); }
  int32_t Home(const Operand& e) const { return e.type.is_ref() ? layout_.RefTemp(e.ref) : layout_.Temp(e.slot); }
  Operand& Push(ValType type, Kind kind);
  void PushResult(ValType type, uint32_t cell, const Out& out);
  void PushConst(ValType type, uint64_t bits);
  // Where the next result of this type would have its temporary.
  int32_t NextHome(ValType type) const { return type.is_ref() ? layout_.RefTemp(refs_) : layout_.Temp(slots_); }
  void Pop();
  void TruncateTo(size_t height);
  void Touch(uint32_t slots) { max_slots_ = slots > max_slots_ ? slots : max_slots_; }
  void ForgetLocals(const Operand& e);
  Source Resolve(const Operand& e) const { return ResolvePart(e, e.kind, e.local); }
  Source ResolveIndex(const Operand& e) const { return ResolvePart(e, e.index_kind, e.index_local); }
  Source ResolvePart(const Operand& e, Kind kind, uint32_t local) const;
  Inputs TakeInputs(uint32_t count);
  void Materialize(size_t i);
  void CopyTo(const Operand& e, int32_t offset);
  void SpillAcc(int reg, bool keep);
  void SpillAll();
  uint32_t EmitAddress(const Operand& e, Out* out);
  void SettleAddress(size_t i);
  void Flush(size_t keep);
  void Preserve(uint32_t local);
  void SetLocal(uint32_t local, bool tee);

  // --- emit.cpp: one mechanism for every cell with operands
  uint32_t Emit(RegOp op, Inputs in, Out* out, const Extra& extra = {});
  Variant Choose(RegOp op, const Extra& extra, Inputs* in, Out* out);
  bool LowerOne(Inputs* in);
  // Whether the operands can be used where they are, but for aliases, which are then taken from their slots.
  bool IsDirect(RegOp op, Inputs* in, const Extra& extra = {}) const;
  void Lower(Inputs* in, uint32_t i);
  void LoadFarSources(Inputs* in);
  void Fill(uint32_t cell, const Inputs& in, const Out& out, const Extra& extra);
  void Move(Source from, Out to);
  void MoveConst(ValType type, uint64_t bits, Out to);
  void Wide(RegOp op, int32_t near, int32_t far);
  void TakeBackLast();
  bool Redirect(uint32_t cell, Dst where, int32_t offset, ValType type);
  void Wrote(int32_t offset, int32_t bytes);
  void WroteResult(const Out& out, ValType type);
  int32_t Near(int32_t offset);
  uint32_t StackCell(RegOp op, int32_t base, uint32_t word = 0, uint64_t wide = 0);

  // --- control.cpp
  void OnBlock(const Instr& instr);
  void OnLoop(const Instr& instr);
  void OnIf(const Instr& instr);
  void OnElse(const Instr& instr);
  void OnEnd(const Instr& instr);
  void OnBr(const Instr& instr);
  void OnBrIf(const Instr& instr);
  void OnBrTable(const Instr& instr);
  void OnReturn(const Instr& instr);
  void OnUnreachable(const Instr& instr);
  void OnBrOnNull(const Instr& instr);
  void OnBrOnNonNull(const Instr& instr);
  std::span<const ValType> ParamsOf(const Block& b) const;
  std::span<const ValType> ResultsOf(const Block& b) const;
  std::span<const ValType> LabelTypes(const Block& b) const;
  Block& Label(uint32_t depth) { return blocks_[blocks_.size() - 1 - depth]; }
  Block& Open(Block::Kind kind, const Instr& instr, size_t operands);
  void EndFunction();
  void MaterializeTop(size_t count);
  void PushTemps(std::span<const ValType> types);
  void MoveToLabel(const Block& b, size_t count, bool may_redirect);
  void JumpTo(Block& b);
  void Link(Block& b, uint32_t at);
  void DropJump(Block& b);
  void Merge(Block& b);
  void BranchIf(Block& b, bool when);
  bool JumpReturns(const Block& b) const { return b.returns && b.kind != Block::Kind::kLoop; }
  void ReturnCell();
  void ReturnToWindow();
  void TableTargets(const std::vector<uint32_t>& labels, uint32_t cell, size_t count);

  // --- metering.cpp
  bool metered() const { return !env_.costs.empty(); }
  void SetOwed(int32_t owed) {
    if (!metered()) return;
    owed_ = owed;
    code_.SetOwed(static_cast<uint32_t>(owed));
  }
  void OweEntry();
  void Owe(const Instr& instr);
  int32_t CostOfBytes(uint64_t bytes) const;
  void Charge(int32_t units);
  void Pay(uint32_t cell, int32_t units);
  int32_t Due(Block& b);
  int32_t DueAtTable(const std::vector<uint32_t>& labels);
  bool PaysOutside(Block& b);
  void ExpectCatches(const std::vector<CatchClause>& clauses);
  void LinkCatchOwing(Block& label, uint32_t entry);

  // --- fuse.cpp: instructions that wait for their successor
  bool Consumes(Opcode op) const;
  void Settle();
  void OnCompare(const Instr& instr);
  void OnEqz(const Instr& instr);
  void OnAnd(const Instr& instr);
  void OnAdd(const Instr& instr);
  void OnSub(const Instr& instr);
  void OnShl(const Instr& instr);
  void OnExtendU(const Instr& instr);
  void WaitAsAdd(uint8_t shift);
  bool AddressWaits(uint8_t shift);
  void SettleCompare(Condition c);
  // Branches if the pending condition (or the topmost operand) is `when`; `to` is a label, or nullptr for a place to be
  // bound by the caller, which is returned.
  uint32_t Branch(bool when, Block* to);
  bool AddBranch(const Condition& condition, Block* to, int32_t due, uint32_t* chain);
  uint32_t FinishBranch(uint32_t cell, Block* to);
  bool InvertBranch(Block& loop);
  bool FuseGlobalAdd(int32_t offset);
  bool FuseGlobalSetAdd(int32_t offset);
  bool FoldConstants(Opcode op, uint32_t operands, ValType result);

  // --- memory.cpp
  void OnLoad(const Instr& instr);
  void OnStore(const Instr& instr);
  void OnStackForm(const Instr& instr);
  bool IsFastAccess(const Instr& instr) const;
  bool LoadIndexed(const Instr& instr, ValType result);
  bool StoreIndexed(const Instr& instr);
  void OnPlainStackForm(const Instr& instr);
  uint64_t TakeConstAddress(size_t i, RegOp op, uint64_t offset);
  // `uses_small`: the cell's field 1 is not part of the base slot's offset.
  void StackForm(RegOp op, size_t operands, std::span<const ValType> results, const StackImm& imm,
                 bool uses_small = false);
  int32_t StageOperands(size_t count, size_t above, bool stage_near);
  void PushStackResults(int32_t base, std::span<const ValType> results);

  // --- calls.cpp
  void OnCall(const Instr& instr);
  void OnCallIndirect(const Instr& instr);
  void OnCallRef(const Instr& instr);
  void OnReturnCall(const Instr& instr);
  void OnReturnCallIndirect(const Instr& instr);
  void OnReturnCallRef(const Instr& instr);
  struct Window {
    int32_t record = 0;  // of the callee
    uint32_t bytes = 0;
  };
  Window StageArguments(const FuncType& type, size_t above);
  Window StageTail(const FuncType& type, size_t above);
  int32_t CalleeSlot(bool own_slot);
  void FinishCall(const FuncType& type, const Window& window);
  void TailCallCell(RegOp op, const Window& window, uint32_t word, uint64_t wide);
  const FuncType& TypeAt(uint32_t type) const { return module_.types[type].func; }

  // --- gc.cpp
  void OnStructGet(const Instr& instr);
  void OnStructSet(const Instr& instr);
  void OnArrayGet(const Instr& instr);
  void OnArraySet(const Instr& instr);
  void OnRefUnary(const Instr& instr);
  void OnConvertRef(const Instr& instr);
  void OnAggregate(const Instr& instr);
  void OnStructNew(const Instr& instr);
  void OnRefTest(const Instr& instr);
  void OnRefCast(const Instr& instr);
  void OnBrOnCast(const Instr& instr);
  void OnRefGetDesc(const Instr& instr);
  void OnRefCastDescEq(const Instr& instr);
  void OnBrOnCastDescEq(const Instr& instr);
  // What a cell that tests a type is told (regops.def).
  struct TypeCheck {
    bool abstract = false;
    uint32_t word = 0;
  };
  TypeCheck CheckOf(HeapType heap, bool nullable) const;

  // --- exceptions.cpp
  void OnTryTable(const Instr& instr);
  void OnThrow(const Instr& instr);
  void OnThrowRef(const Instr& instr);
  void OnTry(const Instr& instr);
  void OnCatch(const Instr& instr);
  void OnDelegate(const Instr& instr);
  void OnRethrow(const Instr& instr);
  std::span<const ValType> TagParams(uint32_t tag) const;
  void BeginTry();
  uint32_t EndTry();
  void EndTryTable();
  uint32_t AppendCatch(uint32_t range, uint32_t last, const CatchEntry& entry);
  void LinkCatch(Block& label, uint32_t entry);
  void BindCatches(uint32_t chain);
  void MayHaveThrown();
  void SettleResults(const Block& b);

  void Fail(Error error) {
    if (!error_) error_ = std::move(error);
  }

  const ModuleData& module_;
  const FuncIndex func_;
  const Function& function_;
  const FuncType& type_;
  const CompileEnv& env_;
  const Analysis& analysis_;
  const Layout& layout_;
  CodeBuffer code_;
  const uint64_t max_code_bytes_;

  std::vector<Operand> stack_;
  std::vector<Block> blocks_;
  std::vector<uint32_t> waiting_gets_;  // by local: operands that name it
  uint32_t owner_[2] = {kNone, kNone};  // by accumulator: index into stack_
  Alias alias_[2];
  // alias_ before the last cell that wrote an accumulator: holds again if that cell is redirected elsewhere.
  Alias alias_before_;
  uint32_t alias_before_cell_ = kNone;
  size_t settled_ = 0;             // operands below need no Flush
  uint32_t slots_ = 0, refs_ = 0;  // temporaries that the operands on the stack have
  uint32_t max_slots_ = 0, max_refs_ = 0;
  Pending pending_;
  // The last i32.add of a constant to a local, and whether its sum went back to the local.
  struct Increment {
    uint32_t cell = kNone;
    uint32_t local = 0;
    int32_t by = 0;
    bool stored = false;
  } increment_;

  uint64_t offset_ = 0;  // of the instruction, in the file
  bool reachable_ = true;
  UnwindTable unwind_;
  uint32_t last_throw_end_ = 0;                         // behind the last cell that may throw
  std::vector<std::vector<CatchClause>> open_catches_;  // of the try_tables that are open
  uint32_t skipped_ = 0;                                // nesting inside unreachable code
  uint32_t next_loop_ = 0, next_block_ = 0;             // in analysis_
  std::vector<uint32_t> loops_;                         // RegCode::loops
  uint32_t innermost_loop_ = 0;                         // index into blocks_; 0: none is open
  int32_t owed_ = 0;                                    // for what has been executed and not been charged
  bool too_far_ = false;
  std::optional<Error> error_;
};

}  // namespace cvm
