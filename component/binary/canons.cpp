// Canonical definitions: lift, lower and the built-ins, each a code and a list of operands.
#include "component/binary/sections.hpp"
#include "vm/isa/instr.hpp"

namespace cvm::component::binary {
namespace {

using ReadOperand = Result<void> (*)(Reader&, DecodeContext&, CanonDef*);

// ---- options ----

Result<void> SetEncoding(CanonOptions* options, CanonOptions::Encoding encoding, uint64_t at) {
  constexpr const char* kNames[] = {"utf8", "utf16", "latin1-utf16"};
  if (options->encoding) {
    return InvalidError(at, std::string("canonical encoding option `") +
                                kNames[static_cast<size_t>(*options->encoding)] + "` conflicts with option `" +
                                kNames[static_cast<size_t>(encoding)] + "`");
  }
  options->encoding = encoding;
  return {};
}

Error TwiceError(uint64_t at, const char* name) {
  return InvalidError(at, std::string("canonical option `") + name + "` is specified more than once");
}

// Binary.md: canonopt. That options neither repeat nor conflict is a rule of validation that only the decoder can
// check, as the model has one place for each.
Result<void> ReadOption(Reader& in, CanonOptions* options) {
  struct IndexOption {
    std::optional<uint32_t> CanonOptions::* member;
    const char* name;
  };
  constexpr uint8_t kFirstIndexOption = 0x03;
  constexpr IndexOption kIndexOptions[] = {{&CanonOptions::memory, "memory"},
                                           {&CanonOptions::realloc, "realloc"},
                                           {&CanonOptions::post_return, "post-return"}};
  constexpr uint8_t kAsync = 0x06;
  constexpr uint8_t kCallback = 0x07;
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t code, in.U8());
  if (code < kFirstIndexOption) return SetEncoding(options, static_cast<CanonOptions::Encoding>(code), at);
  if (code > kCallback) return LeadingByteError(at, code, "canonical option");
  if (code == kAsync) {
    if (options->async) return TwiceError(at, "async");
    options->async = true;
    return {};
  }
  const IndexOption option =
      code == kCallback ? IndexOption{&CanonOptions::callback, "callback"} : kIndexOptions[code - kFirstIndexOption];
  CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
  if ((options->*option.member).has_value()) return TwiceError(at, option.name);
  options->*option.member = index;
  return {};
}

// ---- operands ----

Result<void> Options(Reader& in, DecodeContext& cx, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, cx.limits.canon_options, "canonical options", 0));
  for (uint32_t i = 0; i < count; ++i) {
    CVM_RETURN_IF_ERROR(ReadOption(in, &canon->options));
  }
  return {};
}
Result<void> IndexOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->index, in.U32());
  return {};
}
Result<void> TypeOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->type, in.U32());
  return {};
}
Result<void> TableOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->table, in.U32());
  return {};
}
Result<void> MemoryOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->options.memory, in.U32());
  return {};
}
Result<void> SlotOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->slot, in.U32());
  return {};
}
Result<void> CoreTypeOperand(Reader& in, DecodeContext& cx, CanonDef* canon) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const ValType type, ReadValType(in, cx.features));
  if (type.kind != ValKind::kI32 && type.kind != ValKind::kI64) {
    return InvalidError(at, "context storage can only hold `i32` or `i64`");
  }
  canon->i64 = type.kind == ValKind::kI64;
  return {};
}
Result<void> ResultOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->result, ReadResultList(in));
  return {};
}
Result<void> AsyncOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->async, ReadFlag(in));
  return {};
}
Result<void> CancelOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->cancellable, ReadFlag(in));
  return {};
}
Result<void> SharedOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->shared, ReadFlag(in));
  return {};
}
// The sort byte behind `lift` and `lower`.
Result<void> LiftSort(Reader& in, DecodeContext&, CanonDef*) {
  CVM_ASSIGN_OR_RETURN(const uint8_t sort, in.U8());
  if (sort != 0) return LeadingByteError(in.offset() - 1, sort, "canonical function lift");
  return {};
}
Result<void> LowerSort(Reader& in, DecodeContext&, CanonDef*) {
  CVM_ASSIGN_OR_RETURN(const uint8_t sort, in.U8());
  if (sort != 0) return LeadingByteError(in.offset() - 1, sort, "canonical function lower");
  return {};
}

// ---- the table ----

struct Form {
  uint8_t code;
  CanonKind kind;
  std::array<ReadOperand, 4> operands = {};
};
using Kind = CanonKind;
// Binary.md: canon
constexpr Form kForms[] = {
    {0x00, Kind::kLift, {LiftSort, IndexOperand, Options, TypeOperand}},
    {0x01, Kind::kLower, {LowerSort, IndexOperand, Options}},
    {0x02, Kind::kResourceNew, {IndexOperand}},
    {0x03, Kind::kResourceDrop, {IndexOperand}},
    {0x04, Kind::kResourceRep, {IndexOperand}},
    {0x05, Kind::kTaskCancel},
    {0x06, Kind::kSubtaskCancel, {AsyncOperand}},
    {0x09, Kind::kTaskReturn, {ResultOperand, Options}},
    {0x0a, Kind::kContextGet, {CoreTypeOperand, SlotOperand}},
    {0x0b, Kind::kContextSet, {CoreTypeOperand, SlotOperand}},
    {0x0c, Kind::kThreadYield, {CancelOperand}},
    {0x0d, Kind::kSubtaskDrop},
    {0x0e, Kind::kStreamNew, {IndexOperand}},
    {0x0f, Kind::kStreamRead, {IndexOperand, Options}},
    {0x10, Kind::kStreamWrite, {IndexOperand, Options}},
    {0x11, Kind::kStreamCancelRead, {IndexOperand, AsyncOperand}},
    {0x12, Kind::kStreamCancelWrite, {IndexOperand, AsyncOperand}},
    {0x13, Kind::kStreamDropReadable, {IndexOperand}},
    {0x14, Kind::kStreamDropWritable, {IndexOperand}},
    {0x15, Kind::kFutureNew, {IndexOperand}},
    {0x16, Kind::kFutureRead, {IndexOperand, Options}},
    {0x17, Kind::kFutureWrite, {IndexOperand, Options}},
    {0x18, Kind::kFutureCancelRead, {IndexOperand, AsyncOperand}},
    {0x19, Kind::kFutureCancelWrite, {IndexOperand, AsyncOperand}},
    {0x1a, Kind::kFutureDropReadable, {IndexOperand}},
    {0x1b, Kind::kFutureDropWritable, {IndexOperand}},
    {0x1c, Kind::kErrorContextNew, {Options}},
    {0x1d, Kind::kErrorContextDebugMessage, {Options}},
    {0x1e, Kind::kErrorContextDrop},
    {0x1f, Kind::kWaitableSetNew},
    {0x20, Kind::kWaitableSetWait, {CancelOperand, MemoryOperand}},
    {0x21, Kind::kWaitableSetPoll, {CancelOperand, MemoryOperand}},
    {0x22, Kind::kWaitableSetDrop},
    {0x23, Kind::kWaitableJoin},
    {0x24, Kind::kBackpressureInc},
    {0x25, Kind::kBackpressureDec},
    {0x26, Kind::kThreadIndex},
    {0x27, Kind::kThreadNewIndirect, {TypeOperand, TableOperand}},
    {0x28, Kind::kThreadResumeLater},
    {0x29, Kind::kThreadSuspend, {CancelOperand}},
    {0x2a, Kind::kThreadSuspendThenResume, {CancelOperand}},
    {0x2b, Kind::kThreadYieldThenResume, {CancelOperand}},
    {0x2c, Kind::kThreadSuspendThenPromote, {CancelOperand}},
    {0x2d, Kind::kThreadYieldThenPromote, {CancelOperand}},
    {0x40, Kind::kThreadSpawnRef, {SharedOperand, TypeOperand}},
    {0x41, Kind::kThreadSpawnIndirect, {SharedOperand, TypeOperand, TableOperand}},
    {0x42, Kind::kThreadAvailableParallelism, {SharedOperand}},
};

}  // namespace

Result<void> ReadCanon(Reader& in, DecodeContext& cx, CanonDef* canon) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t code, in.U8());
  for (const Form& form : kForms) {
    if (form.code != code) continue;
    canon->kind = form.kind;
    for (const ReadOperand read : form.operands) {
      if (read == nullptr) break;
      CVM_RETURN_IF_ERROR(read(in, cx, canon));
    }
    return {};
  }
  return LeadingByteError(at, code, "canonical function");
}

}  // namespace cvm::component::binary
