#include "component/binary/encode_definitions.hpp"

#include "component/model/forms.hpp"
#include "vm/isa/instr.hpp"

namespace cvm::component::binary {
namespace {

constexpr uint8_t kCoreInstanceSort = FormOf(Sort::kCoreInstance).code;

void WriteSortIndex(Writer& out, SortIndex what) {
  WriteSort(out, what.sort);
  out.U32(what.index);
}

// ---- canonical definitions

void WriteOptions(Writer& out, const CanonOptions& options) {
  uint32_t count = 0;
  Writer list;
  if (options.encoding) {
    list.U8(static_cast<uint8_t>(*options.encoding));
    ++count;
  }
  for (const IndexOptionForm& form : kIndexOptionForms) {
    const std::optional<uint32_t>& index = options.*form.member;
    if (!index) continue;
    list.U8(form.code);
    list.U32(*index);
    ++count;
  }
  if (options.async) {
    list.U8(kAsyncOptionCode);
    ++count;
  }
  out.U32(count);
  out.Raw(list.bytes());
}

void WriteOperand(Writer& out, CanonOperand operand, const CanonDef& canon) {
  switch (operand) {
    case CanonOperand::kNone:
      break;
    case CanonOperand::kCoreFunc:
    case CanonOperand::kFunc:
      out.U8(0);  // the sort
      out.U32(canon.index);
      break;
    case CanonOperand::kType:
      out.U32(canon.index);
      break;
    case CanonOperand::kOptions:
      WriteOptions(out, canon.options);
      break;
    case CanonOperand::kFuncType:
    case CanonOperand::kCoreType:
      out.U32(canon.type);
      break;
    case CanonOperand::kTable:
      out.U32(canon.table);
      break;
    case CanonOperand::kMemory:
      out.U32(canon.options.memory.value_or(0));
      break;
    case CanonOperand::kSlotType:
      WriteValType(out, canon.i64 ? ValType::I64() : ValType::I32());
      break;
    case CanonOperand::kSlot:
      out.U32(canon.slot);
      break;
    case CanonOperand::kResult:
      WriteResult(out, canon.result);
      break;
    case CanonOperand::kAsync:
      out.U8(canon.async ? 1 : 0);
      break;
    case CanonOperand::kCancellable:
      out.U8(canon.cancellable ? 1 : 0);
      break;
    case CanonOperand::kShared:
      out.U8(canon.shared ? 1 : 0);
      break;
  }
}

// ---- instances

struct CoreInstanceWriter {
  Writer& out;
  void operator()(const CoreInstantiation& how) const {
    out.U8(0);
    out.U32(how.module);
    out.U64(how.args.size());
    for (const CoreInstantiation::Arg& arg : how.args) {
      out.Name(arg.name);
      out.U8(kCoreInstanceSort);
      out.U32(arg.instance);
    }
  }
  void operator()(const std::vector<CoreInlineExport>& exports) const {
    out.U8(1);
    out.U64(exports.size());
    for (const CoreInlineExport& exported : exports) {
      out.Name(exported.name);
      out.U8(FormOf(exported.what.sort).code);
      out.U32(exported.what.index);
    }
  }
};

struct InstanceWriter {
  Writer& out;
  void operator()(const Instantiation& how) const {
    out.U8(0);
    out.U32(how.component);
    out.U64(how.args.size());
    for (const InstanceArg& arg : how.args) {
      out.Name(arg.name);
      WriteSortIndex(out, arg.what);
    }
  }
  void operator()(const std::vector<InlineExport>& exports) const {
    out.U8(1);
    out.U64(exports.size());
    for (const InlineExport& exported : exports) {
      WriteExternName(out, exported.name);
      WriteSortIndex(out, exported.what);
    }
  }
};

}  // namespace

void WriteSort(Writer& out, Sort sort) {
  if (FormOf(sort).core) out.U8(kCoreSortCode);
  out.U8(FormOf(sort).code);
}

// nameattributes
void WriteExternName(Writer& out, const ExternNameText& name) {
  Writer attributes;
  uint32_t count = 0;
  for (const AttributeForm& form : kAttributeForms) {
    const std::optional<std::string_view>& text = name.*form.member;
    if (!text) continue;
    attributes.U8(form.code);
    attributes.Name(*text);
    ++count;
  }
  out.U8(count == 0 ? 0 : 2);
  out.Name(name.name);
  if (count == 0) return;
  out.U32(count);
  out.Raw(attributes.bytes());
}

// externtype
void WriteExternDesc(Writer& out, const ExternDesc& desc) {
  WriteSort(out, desc.sort);
  if (desc.sort == Sort::kType) {
    out.U8(desc.bound.sub_resource ? 1 : 0);
    if (!desc.bound.sub_resource) out.U32(desc.bound.eq);
  } else if (desc.sort == Sort::kValue) {
    out.U8(desc.value.eq ? 0 : 1);
    if (desc.value.eq) {
      out.U32(desc.value.index);
    } else {
      WriteValTypeRef(out, desc.value.type);
    }
  } else {
    out.U32(desc.type);
  }
}

void WriteCoreInstance(Writer& out, const CoreInstanceDef& def) { std::visit(CoreInstanceWriter{out}, def.how); }
void WriteInstance(Writer& out, const InstanceDef& def) { std::visit(InstanceWriter{out}, def.how); }

void WriteAlias(Writer& out, const AliasDef& def) {
  WriteSort(out, def.sort);
  out.U8(static_cast<uint8_t>(def.kind));
  if (def.kind == AliasDef::Kind::kOuter) {
    out.U32(def.outer_count);
    out.U32(def.outer_index);
  } else {
    out.U32(def.instance);
    out.Name(def.name);
  }
}

void WriteCanon(Writer& out, const CanonDef& def) {
  const CanonForm& form = FormOf(def.kind);
  out.U8(form.code);
  for (const CanonOperand operand : form.operands) WriteOperand(out, operand, def);
}

void WriteStart(Writer& out, const StartDef& def) {
  out.U32(def.func);
  out.U64(def.args.size());
  for (const uint32_t arg : def.args) out.U32(arg);
  out.U32(def.results);
}

void WriteImport(Writer& out, const ImportDef& def) {
  WriteExternName(out, def.name);
  WriteExternDesc(out, def.desc);
}

void WriteExport(Writer& out, const ExportDef& def) {
  WriteExternName(out, def.name);
  WriteSortIndex(out, def.what);
  out.U8(def.ascribed ? 1 : 0);
  if (def.ascribed) WriteExternDesc(out, *def.ascribed);
}

void WriteValue(Writer& out, const ValueDef& def) {
  WriteValTypeRef(out, def.type);
  out.U64(def.encoded.size());
  out.Raw(def.encoded);
}

}  // namespace cvm::component::binary
