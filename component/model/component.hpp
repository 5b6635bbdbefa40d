// A decoded component as plain data, in the order of its definitions (Binary.md, Explainer.md). No behaviour: decoders
// fill it, validation, flattening and printer read it. Immutable once loaded.
//
// Every definition adds to an index space of its sort; indices count the definitions, aliases and imports before it.
// Types are kept as written (references to primitive kinds or type indices): what they mean is worked out by validate/
// (for checking) and plan/ (for running). string_views and Bytes point into storage that the component keeps alive: the
// file's bytes, or what was made while a text was parsed. Offsets count the bytes of the file, binary or text.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "canonical-abi/types/val_type.hpp"
#include "vm/module/module.hpp"

namespace cvm::component {

// core:sort and sort of Binary.md in one list.
enum class Sort : uint8_t {
  kCoreFunc,
  kCoreTable,
  kCoreMemory,
  kCoreGlobal,
  kCoreTag,
  kCoreType,
  kCoreModule,
  kCoreInstance,
  kFunc,
  kValue,
  kType,
  kComponent,
  kInstance,
};
inline constexpr size_t kSortCount = 13;
std::string_view SortName(Sort sort);  // "core func", "instance", … as error messages of the official suite have them

struct SortIndex {
  Sort sort = Sort::kFunc;
  uint32_t index = 0;
};

// A name with the text of its optional suffix fields (Explainer.md: importname', exportname').
struct ExternNameText {
  std::string_view name;
  std::optional<std::string_view> version_suffix;
  std::optional<std::string_view> implements;
  std::optional<std::string_view> external_id;
};

// --- types, as written

// valtype: a primitive kind or an index into the type space.
using ValTypeRef = std::variant<abi::TypeKind, uint32_t>;

struct LabelledType {
  std::string_view label;
  ValTypeRef type;
};
struct LabelledCase {
  std::string_view label;
  std::optional<ValTypeRef> type;
};

// defvaltype
struct DefValType {
  abi::TypeKind kind = abi::TypeKind::kBool;
  std::optional<ValTypeRef> first;       // list, option, stream, future; ok of result; key of map
  std::optional<ValTypeRef> second;      // error of result; value of map
  std::optional<uint32_t> length;        // list of a fixed length
  std::vector<LabelledType> fields;      // record
  std::vector<LabelledCase> cases;       // variant
  std::vector<ValTypeRef> types;         // tuple
  std::vector<std::string_view> labels;  // enum, flags
  uint32_t resource = 0;                 // own, borrow: index of a type
};

struct FuncTypeDef {
  bool async = false;
  std::vector<LabelledType> params;
  std::optional<ValTypeRef> result;
};

struct ResourceTypeDef {
  bool rep64 = false;                  // representation i64 instead of i32
  std::optional<uint32_t> destructor;  // core func
  bool async_destructor = false;
  std::optional<uint32_t> callback;  // core func, where the destructor is async
};

// typebound of an imported or exported type.
struct TypeBound {
  bool sub_resource = false;  // (sub resource); otherwise (eq index)
  uint32_t eq = 0;
};
struct ValueBound {
  bool eq = false;  // (eq index of a value); otherwise a type
  uint32_t index = 0;
  ValTypeRef type;
};

// externdesc
struct ExternDesc {
  Sort sort = Sort::kFunc;  // kCoreModule, kFunc, kValue, kType, kComponent or kInstance
  uint32_t type = 0;        // index of the type, for all but kType and kValue
  TypeBound bound;          // kType
  ValueBound value;         // kValue
};

// --- core definitions

struct CoreModuleDef {
  uint64_t offset = 0;  // of the embedded module in a binary file; its own offsets are those of the file too
  uint64_t size = 0;
  std::shared_ptr<const ModuleData> module;
};

struct CoreInstantiation {
  struct Arg {
    std::string_view name;
    uint32_t instance;
  };
  uint32_t module = 0;
  std::vector<Arg> args;
};
struct CoreInlineExport {
  std::string_view name;
  SortIndex what;  // a core sort
};
struct CoreInstanceDef {
  std::variant<CoreInstantiation, std::vector<CoreInlineExport>> how;
};

// moduletype: declarations in order, with a type space of their own.
struct ModuleTypeDef;
struct CoreTypeDef {
  // Either a rec group (or a single type) of core types, or a module type.
  std::vector<SubType> types;
  std::shared_ptr<const ModuleTypeDef> module;
};
// A core extern type whose indices are into the module type's own type space.
struct ModuleDecl {
  enum class Kind : uint8_t { kImport, kType, kOuterAlias, kExport } kind;
  std::string_view module;         // kImport
  std::string_view name;           // kImport, kExport
  ExternType type = TypeIndex(0);  // kImport, kExport
  CoreTypeDef definition;          // kType
  uint32_t outer_count = 0;        // kOuterAlias of a core type
  uint32_t outer_index = 0;
  uint64_t offset = 0;
};
struct ModuleTypeDef {
  std::vector<ModuleDecl> decls;
};

// --- component definitions

struct Component;

struct InstanceArg {
  std::string_view name;
  SortIndex what;
};
struct Instantiation {
  uint32_t component = 0;
  std::vector<InstanceArg> args;
};
struct InlineExport {
  ExternNameText name;
  SortIndex what;
};
struct InstanceDef {
  std::variant<Instantiation, std::vector<InlineExport>> how;
};

struct AliasDef {
  enum class Kind : uint8_t { kExport, kCoreExport, kOuter } kind = Kind::kExport;
  Sort sort = Sort::kFunc;
  uint32_t instance = 0;     // kExport, kCoreExport
  std::string_view name;     // kExport, kCoreExport
  uint32_t outer_count = 0;  // kOuter
  uint32_t outer_index = 0;
};

struct ComponentTypeDef;  // also of instances: componentdecl and instancedecl lists
struct TypeDef {
  enum class Kind : uint8_t { kValue, kFunc, kResource, kComponent, kInstance } kind = Kind::kValue;
  DefValType value;
  FuncTypeDef func;
  ResourceTypeDef resource;
  std::shared_ptr<const ComponentTypeDef> decls;  // kComponent, kInstance
};

// canonopt
struct CanonOptions {
  enum class Encoding : uint8_t { kUtf8, kUtf16, kLatin1Utf16 };
  std::optional<Encoding> encoding;     // default utf8
  std::optional<uint32_t> memory;       // core memory
  std::optional<uint32_t> realloc;      // core func
  std::optional<uint32_t> post_return;  // core func
  bool async = false;
  std::optional<uint32_t> callback;  // core func
  bool always_task_return = false;
  std::optional<uint32_t> core_type;  // core type of the lowered function
  bool gc = false;
};

// Every canonical definition (Binary.md, "Canonical Definitions"), named as there.
enum class CanonKind : uint8_t {
  kLift,
  kLower,
  kResourceNew,
  kResourceDrop,
  kResourceDropAsync,
  kResourceRep,
  kTaskCancel,
  kSubtaskCancel,
  kTaskReturn,
  kContextGet,
  kContextSet,
  kThreadYield,
  kBackpressureInc,
  kBackpressureDec,
  kSubtaskDrop,
  kStreamNew,
  kStreamRead,
  kStreamWrite,
  kStreamCancelRead,
  kStreamCancelWrite,
  kStreamDropReadable,
  kStreamDropWritable,
  kFutureNew,
  kFutureRead,
  kFutureWrite,
  kFutureCancelRead,
  kFutureCancelWrite,
  kFutureDropReadable,
  kFutureDropWritable,
  kErrorContextNew,
  kErrorContextDebugMessage,
  kErrorContextDrop,
  kWaitableSetNew,
  kWaitableSetWait,
  kWaitableSetPoll,
  kWaitableSetDrop,
  kWaitableJoin,
  kThreadIndex,
  kThreadNewIndirect,
  kThreadResumeLater,
  kThreadSuspend,
  kThreadSuspendThenResume,
  kThreadYieldThenResume,
  kThreadSuspendThenPromote,
  kThreadYieldThenPromote,
  kThreadExit,
  kThreadSpawnRef,
  kThreadSpawnIndirect,
  kThreadAvailableParallelism,
};

struct CanonDef {
  CanonKind kind = CanonKind::kLift;
  uint32_t index = 0;                // kLift: core func; kLower: func; resource, stream and future built-ins: type
  uint32_t type = 0;                 // kLift: function type; kThreadNewIndirect …: core type
  uint32_t table = 0;                // kThread*Indirect
  uint32_t slot = 0;                 // kContextGet, kContextSet: i
  std::optional<ValTypeRef> result;  // kTaskReturn
  bool async = false;                // of built-ins that have the flag (cancel, drop …)
  bool cancellable = false;          // of built-ins that may be cancelled
  bool i64 = false;                  // kContextGet, kContextSet with 64-bit values
  bool shared = false;               // kThreadSpawn…, kThreadAvailableParallelism
  CanonOptions options;
};

struct StartDef {
  uint32_t func = 0;
  std::vector<uint32_t> args;  // values
  uint32_t results = 0;
};

struct ImportDef {
  ExternNameText name;
  ExternDesc desc;
};
struct ExportDef {
  ExternNameText name;
  SortIndex what;
  std::optional<ExternDesc> ascribed;
};
struct ValueDef {
  ValTypeRef type;
  Bytes encoded;
};

struct Definition {
  uint64_t offset = 0;
  std::variant<CoreModuleDef, CoreInstanceDef, CoreTypeDef, std::shared_ptr<const Component>, InstanceDef, AliasDef,
               TypeDef, CanonDef, StartDef, ImportDef, ExportDef, ValueDef>
      what;
};

struct ComponentTypeDef {
  // importdecl only in component types. Types, aliases, imports and exports, in order.
  struct Decl {
    uint64_t offset = 0;
    // An ExportDef here has no `what`: its type is `ascribed`.
    std::variant<CoreTypeDef, TypeDef, AliasDef, ImportDef, ExportDef> what;
  };
  std::vector<Decl> decls;
};

// Binary.md, "Name Section": what the text calls the component and the items of its index spaces. For readers only.
struct ComponentNames {
  std::string_view component;
  std::array<NameMap, kSortCount> spaces;  // by Sort

  NameMap& Of(Sort sort) { return spaces[static_cast<size_t>(sort)]; }
  const NameMap& Of(Sort sort) const { return spaces[static_cast<size_t>(sort)]; }
};

struct Component {
  std::vector<Definition> definitions;
  std::vector<CustomSection> customs;
  ComponentNames names;
  // Where the parts point: one of the two, shared with the components within.
  std::shared_ptr<const std::vector<uint8_t>> bytes;       // of a binary file
  std::shared_ptr<const std::deque<std::string>> strings;  // of a text, unescaped
};

}  // namespace cvm::component
