// Private to vm/text: instruction sequences, flat and folded, to encoded expressions (core/text/instructions).
//
// Forms nest on the stack of frames below. A folded instruction is encoded when it is met, its bytes wait until its
// operands have been written; so the memory used is proportional to the text, whatever it nests.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "vm/text/context.hpp"

namespace cvm::text {

struct LocalScope {
  IdMap ids;
  uint32_t count = 0;
};

// What is known of the function whose body is parsed; constant expressions have none.
struct FunctionScope {
  FuncIndex index;
  LocalScope locals;
  uint32_t locals_bytes = 0;  // of the local declarations in the binary: branch hints count from there
  NameMap labels;
};

class ExprParser {
 public:
  explicit ExprParser(ModuleContext& cx, FunctionScope* function = nullptr)
      : cx_(cx), in_(cx.in), function_(function) {}

  // Instructions up to the ")" that closes the form around them, which is not taken.
  Result<Expr> Sequence();
  // One folded instruction: the short form of an offset or an element.
  Result<Expr> OneFolded();

 private:
  enum class FrameKind : uint8_t {
    kBody,
    kPlain,  // ( op operands… ) waiting for its operands
    kFlat,   // block … end
    kBlock,  // ( block … )
    kIf,     // ( if condition… (then …) (else …) )
    kThen,
    kElse,
    kTry,  // ( try (do …) (catch …)… ), legacy
    kDo,
    kHandler,
  };
  // How far a kIf, kTry or flat if/try has come.
  enum class Stage : uint8_t { kStart, kBody, kElse, kCatch, kCatchAll, kDelegated };
  struct Frame {
    FrameKind kind = FrameKind::kBody;
    Stage stage = Stage::kStart;
    Opcode op = Opcode::kNop;
    int8_t hint = -1;            // a branch hint for the instruction that waits
    uint32_t pending_begin = 0;  // kPlain, kIf: where its bytes wait
    std::string_view label;
    std::optional<std::string_view> name;  // of the label: its annotation, or else its identifier
  };

  Result<void> Run(bool one_folded);
  Result<Expr> Finish();

  // control.cpp
  Result<void> OpenFolded();
  Result<void> OpenFoldedInstr(int8_t hint);
  Result<void> OpenFoldedBlock(const OpcodeInfo& row, int8_t hint);
  Result<void> OpenInIf(Frame& frame);
  Result<void> OpenInTry(Frame& frame);
  Result<void> CloseForm();
  Result<void> FlatInstr();
  Result<void> FlatBlock(const OpcodeInfo& row, int8_t hint);
  Result<void> FlatElse();
  Result<void> FlatEnd();
  Result<void> FlatCatch(Opcode op);
  Result<void> FlatDelegate();
  Result<void> ParseBlockHeader(const OpcodeInfo& row, Frame* frame);
  void CountLabel(const Frame& frame);
  Result<void> ParseCatchClauses();
  Result<void> ParseCatchTag(Opcode op);
  Result<void> CheckLabel(std::string_view label);
  bool AllowsFlat() const;

  void PushLabel(std::string_view label);
  void PopLabel();
  Result<uint32_t> Label();

  // Branch hints.
  Result<int8_t> TakeHint();
  Result<void> NoteHint(int8_t hint, Opcode op);
  Result<void> Emit(int8_t hint);
  void EmitOp(Opcode op);
  void Wait(Frame* frame);
  Result<void> Flush(const Frame& frame);

  // immediates.cpp: fills instr_ from the tokens behind the mnemonic.
  Result<void> ParseImmediates(const OpcodeInfo& row);
  Result<void> ParseNothing();
  Result<void> ParseMisplaced();
  Result<void> ParseLabel();
  Result<void> ParseLabelList();
  Result<void> ParseBrOnCast();
  Result<void> ParseFunc();
  Result<void> ParseType();
  Result<void> ParseTypeTable();
  Result<void> ParseTypeField();
  Result<void> ParseType2();
  Result<void> ParseTypeCount();
  Result<void> ParseTypeData();
  Result<void> ParseTypeElem();
  Result<void> ParseTable();
  Result<void> ParseTable2();
  Result<void> ParseElemTable();
  Result<void> ParseElem();
  Result<void> ParseData();
  Result<void> ParseDataMemory();
  Result<void> ParseMemory();
  Result<void> ParseMemory2();
  Result<void> ParseLocal();
  Result<void> ParseGlobal();
  Result<void> ParseTag();
  Result<void> ParseI32();
  Result<void> ParseI64();
  Result<void> ParseF32();
  Result<void> ParseF64();
  Result<void> ParseV128();
  Result<void> ParseLane();
  Result<void> ParseShuffle();
  Result<void> ParseMemArg();
  Result<void> ParseMemArgLane();
  Result<void> ParseHeap();
  Result<void> ParseSelect();
  Result<void> ParseOffsetAndAlign();
  Result<uint64_t> KeyedNumber(std::string_view key);
  using ImmediateParser = Result<void> (ExprParser::*)();
  struct Kinded;
  static const Kinded kParsers[];

  ModuleContext& cx_;
  TokenCursor& in_;
  FunctionScope* function_;
  Instr instr_;
  Writer out_;
  Writer pending_;
  std::vector<Frame> frames_;
  std::vector<std::string_view> labels_;
  std::unordered_map<std::string_view, std::vector<uint32_t>> label_depths_;
  uint32_t label_count_ = 0;  // of all blocks so far, as the name section counts them
};

}  // namespace cvm::text
