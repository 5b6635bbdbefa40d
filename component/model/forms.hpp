// The forms that definitions have in both formats: bytes of the binary, keywords of the text, and what follows them
// (Binary.md, Explainer.md). Decoder, encoder, parser and printer read these tables; each knows only how an operand of
// each kind is read or written. Constants.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "component/model/component.hpp"

namespace cvm::component {

// --- sorts

struct SortForm {
  bool core = false;
  uint8_t code = 0;          // Binary.md: sort, or core:sort where `core`
  std::string_view keyword;  // behind "core" where `core`
};
inline constexpr std::array<SortForm, kSortCount> kSortForms = {{
    {true, 0x00, "func"},
    {true, 0x01, "table"},
    {true, 0x02, "memory"},
    {true, 0x03, "global"},
    {true, 0x04, "tag"},
    {true, 0x10, "type"},
    {true, 0x11, "module"},
    {true, 0x12, "instance"},
    {false, 0x01, "func"},
    {false, 0x02, "value"},
    {false, 0x03, "type"},
    {false, 0x04, "component"},
    {false, 0x05, "instance"},
}};
constexpr const SortForm& FormOf(Sort sort) { return kSortForms[static_cast<size_t>(sort)]; }
inline constexpr uint8_t kCoreSortCode = 0x00;  // in front of a core:sort

template <class Match>
constexpr std::optional<Sort> FindSort(bool core, Match match) {
  for (size_t i = 0; i < kSortCount; ++i) {
    if (kSortForms[i].core == core && match(kSortForms[i])) return static_cast<Sort>(i);
  }
  return std::nullopt;
}
constexpr std::optional<Sort> SortByCode(bool core, uint8_t code) {
  return FindSort(core, [&](const SortForm& form) { return form.code == code; });
}
constexpr std::optional<Sort> SortByKeyword(bool core, std::string_view keyword) {
  return FindSort(core, [&](const SortForm& form) { return form.keyword == keyword; });
}

// What core instances export.
constexpr bool IsCoreItem(Sort sort) { return sort <= Sort::kCoreTag; }
// What an outer alias may name (Explainer.md: outeraliassort).
constexpr bool IsOuterAliasSort(Sort sort) {
  return sort == Sort::kCoreModule || sort == Sort::kCoreType || sort == Sort::kComponent || sort == Sort::kType;
}

// --- attributes of names

struct AttributeForm {
  uint8_t code;
  std::string_view keyword;
  std::optional<std::string_view> ExternNameText::* member;
};
inline constexpr auto kAttributeForms = std::to_array<AttributeForm>({
    {0x00, "implements", &ExternNameText::implements},
    {0x01, "versionsuffix", &ExternNameText::version_suffix},
    {0x02, "external-id", &ExternNameText::external_id},
});

// --- value types

struct PrimitiveForm {
  uint8_t code;
  abi::TypeKind kind;  // its keyword is abi::TypeKindName
};
inline constexpr auto kPrimitiveForms = std::to_array<PrimitiveForm>({
    {0x7f, abi::TypeKind::kBool},
    {0x7e, abi::TypeKind::kS8},
    {0x7d, abi::TypeKind::kU8},
    {0x7c, abi::TypeKind::kS16},
    {0x7b, abi::TypeKind::kU16},
    {0x7a, abi::TypeKind::kS32},
    {0x79, abi::TypeKind::kU32},
    {0x78, abi::TypeKind::kS64},
    {0x77, abi::TypeKind::kU64},
    {0x76, abi::TypeKind::kF32},
    {0x75, abi::TypeKind::kF64},
    {0x74, abi::TypeKind::kChar},
    {0x73, abi::TypeKind::kString},
    {0x64, abi::TypeKind::kErrorContext},
});

// What follows the constructor of a defined value type.
enum class ValTypeOperands : uint8_t {
  kType,          // first
  kOptionalType,  // first?
  kFixedList,     // first and length
  kMap,           // first and second
  kResult,        // first? and second?
  kFields,
  kCases,
  kTypes,
  kLabels,
  kResource,
};
struct ValTypeForm {
  uint8_t code;
  abi::TypeKind kind;  // its keyword is abi::TypeKindName
  ValTypeOperands operands;
};
inline constexpr auto kValTypeForms = std::to_array<ValTypeForm>({
    {0x72, abi::TypeKind::kRecord, ValTypeOperands::kFields},
    {0x71, abi::TypeKind::kVariant, ValTypeOperands::kCases},
    {0x70, abi::TypeKind::kList, ValTypeOperands::kType},
    {0x67, abi::TypeKind::kList, ValTypeOperands::kFixedList},
    {0x6f, abi::TypeKind::kTuple, ValTypeOperands::kTypes},
    {0x6e, abi::TypeKind::kFlags, ValTypeOperands::kLabels},
    {0x6d, abi::TypeKind::kEnum, ValTypeOperands::kLabels},
    {0x6b, abi::TypeKind::kOption, ValTypeOperands::kType},
    {0x6a, abi::TypeKind::kResult, ValTypeOperands::kResult},
    {0x69, abi::TypeKind::kOwn, ValTypeOperands::kResource},
    {0x68, abi::TypeKind::kBorrow, ValTypeOperands::kResource},
    {0x66, abi::TypeKind::kStream, ValTypeOperands::kOptionalType},
    {0x65, abi::TypeKind::kFuture, ValTypeOperands::kOptionalType},
    {0x63, abi::TypeKind::kMap, ValTypeOperands::kMap},
});

// --- canonical definitions

// What follows the keyword of a canonical definition, in this order in both formats.
enum class CanonOperand : uint8_t {
  kNone,
  kCoreFunc,     // of lift: index
  kFunc,         // of lower: index
  kType,         // index
  kOptions,      // options
  kFuncType,     // of lift: type; in the text, the function that is defined
  kCoreType,     // type
  kTable,        // table
  kMemory,       // options.memory
  kSlotType,     // i64
  kSlot,         // slot
  kResult,       // result
  kAsync,        // async
  kCancellable,  // cancellable
  kShared,       // shared
};
struct CanonForm {
  uint8_t code;
  CanonKind kind;
  std::string_view keyword;
  std::array<CanonOperand, 4> operands = {};
};
namespace internal {
using enum CanonOperand;
using Kind = CanonKind;
inline constexpr auto kCanonForms = std::to_array<CanonForm>({
    {0x00, Kind::kLift, "lift", {kCoreFunc, kOptions, kFuncType}},
    {0x01, Kind::kLower, "lower", {kFunc, kOptions}},
    {0x02, Kind::kResourceNew, "resource.new", {kType}},
    {0x03, Kind::kResourceDrop, "resource.drop", {kType}},
    {0x04, Kind::kResourceRep, "resource.rep", {kType}},
    {0x05, Kind::kTaskCancel, "task.cancel"},
    {0x06, Kind::kSubtaskCancel, "subtask.cancel", {kAsync}},
    {0x09, Kind::kTaskReturn, "task.return", {kResult, kOptions}},
    {0x0a, Kind::kContextGet, "context.get", {kSlotType, kSlot}},
    {0x0b, Kind::kContextSet, "context.set", {kSlotType, kSlot}},
    {0x0c, Kind::kThreadYield, "thread.yield", {kCancellable}},
    {0x0d, Kind::kSubtaskDrop, "subtask.drop"},
    {0x0e, Kind::kStreamNew, "stream.new", {kType}},
    {0x0f, Kind::kStreamRead, "stream.read", {kType, kOptions}},
    {0x10, Kind::kStreamWrite, "stream.write", {kType, kOptions}},
    {0x11, Kind::kStreamCancelRead, "stream.cancel-read", {kType, kAsync}},
    {0x12, Kind::kStreamCancelWrite, "stream.cancel-write", {kType, kAsync}},
    {0x13, Kind::kStreamDropReadable, "stream.drop-readable", {kType}},
    {0x14, Kind::kStreamDropWritable, "stream.drop-writable", {kType}},
    {0x15, Kind::kFutureNew, "future.new", {kType}},
    {0x16, Kind::kFutureRead, "future.read", {kType, kOptions}},
    {0x17, Kind::kFutureWrite, "future.write", {kType, kOptions}},
    {0x18, Kind::kFutureCancelRead, "future.cancel-read", {kType, kAsync}},
    {0x19, Kind::kFutureCancelWrite, "future.cancel-write", {kType, kAsync}},
    {0x1a, Kind::kFutureDropReadable, "future.drop-readable", {kType}},
    {0x1b, Kind::kFutureDropWritable, "future.drop-writable", {kType}},
    {0x1c, Kind::kErrorContextNew, "error-context.new", {kOptions}},
    {0x1d, Kind::kErrorContextDebugMessage, "error-context.debug-message", {kOptions}},
    {0x1e, Kind::kErrorContextDrop, "error-context.drop"},
    {0x1f, Kind::kWaitableSetNew, "waitable-set.new"},
    {0x20, Kind::kWaitableSetWait, "waitable-set.wait", {kCancellable, kMemory}},
    {0x21, Kind::kWaitableSetPoll, "waitable-set.poll", {kCancellable, kMemory}},
    {0x22, Kind::kWaitableSetDrop, "waitable-set.drop"},
    {0x23, Kind::kWaitableJoin, "waitable.join"},
    {0x24, Kind::kBackpressureInc, "backpressure.inc"},
    {0x25, Kind::kBackpressureDec, "backpressure.dec"},
    {0x26, Kind::kThreadIndex, "thread.index"},
    {0x27, Kind::kThreadNewIndirect, "thread.new-indirect", {kCoreType, kTable}},
    {0x28, Kind::kThreadResumeLater, "thread.resume-later"},
    {0x29, Kind::kThreadSuspend, "thread.suspend", {kCancellable}},
    {0x2a, Kind::kThreadSuspendThenResume, "thread.suspend-then-resume", {kCancellable}},
    {0x2b, Kind::kThreadYieldThenResume, "thread.yield-then-resume", {kCancellable}},
    {0x2c, Kind::kThreadSuspendThenPromote, "thread.suspend-then-promote", {kCancellable}},
    {0x2d, Kind::kThreadYieldThenPromote, "thread.yield-then-promote", {kCancellable}},
    {0x40, Kind::kThreadSpawnRef, "thread.spawn-ref", {kShared, kCoreType}},
    {0x41, Kind::kThreadSpawnIndirect, "thread.spawn-indirect", {kShared, kCoreType, kTable}},
    {0x42, Kind::kThreadAvailableParallelism, "thread.available-parallelism", {kShared}},
});
}  // namespace internal
inline constexpr auto& kCanonForms = internal::kCanonForms;

template <class Match>
constexpr const CanonForm* FindCanon(Match match) {
  for (const CanonForm& form : kCanonForms) {
    if (match(form)) return &form;
  }
  return nullptr;
}
constexpr const CanonForm* CanonByCode(uint8_t code) {
  return FindCanon([&](const CanonForm& form) { return form.code == code; });
}
constexpr const CanonForm* CanonByKeyword(std::string_view keyword) {
  return FindCanon([&](const CanonForm& form) { return form.keyword == keyword; });
}
constexpr const CanonForm& FormOf(CanonKind kind) {
  return *FindCanon([&](const CanonForm& form) { return form.kind == kind; });
}

// --- options of canonical definitions

inline constexpr std::array<std::string_view, 3> kEncodingKeywords = {  // by CanonOptions::Encoding, which is the code
    "string-encoding=utf8", "string-encoding=utf16", "string-encoding=latin1+utf16"};
inline constexpr uint8_t kAsyncOptionCode = 0x06;

// An option that names an item.
struct IndexOptionForm {
  uint8_t code;
  std::string_view keyword;
  Sort sort;
  std::optional<uint32_t> CanonOptions::* member;
};
inline constexpr auto kIndexOptionForms = std::to_array<IndexOptionForm>({
    {0x03, "memory", Sort::kCoreMemory, &CanonOptions::memory},
    {0x04, "realloc", Sort::kCoreFunc, &CanonOptions::realloc},
    {0x05, "post-return", Sort::kCoreFunc, &CanonOptions::post_return},
    {0x07, "callback", Sort::kCoreFunc, &CanonOptions::callback},
});

// Rules of validation that only decoder and parser can check, as the model has one place for each option; in the words
// of the official suite.
std::string EncodingConflict(CanonOptions::Encoding first, CanonOptions::Encoding second);
std::string OptionTwice(std::string_view keyword);

}  // namespace cvm::component
