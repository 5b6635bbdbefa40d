#include "vm/types/type_info.hpp"

#include <algorithm>
#include <bit>

namespace cvm {
namespace {

constexpr uint32_t kWord = 8;

uint32_t AlignUp(uint32_t at, uint32_t alignment) { return (at + alignment - 1) & ~(alignment - 1); }

ObjectKind KindOf(CompositeKind kind) {
  switch (kind) {
    case CompositeKind::kStruct:
      return ObjectKind::kStruct;
    case CompositeKind::kArray:
      return ObjectKind::kArray;
    default:
      return ObjectKind::kFunc;
  }
}

}  // namespace

uint32_t StorageBytes(const FieldType& field) {
  if (field.packed == PackedKind::kI8) return 1;
  if (field.packed == PackedKind::kI16) return 2;
  switch (field.type.kind) {
    case ValKind::kI32:
    case ValKind::kF32:
      return 4;
    case ValKind::kV128:
      return 16;
    default:
      return kWord;
  }
}

void ObjectLayout::Set(const SubType& type, uint32_t id, const ObjectLayout* super) {
  info = {};
  info.kind = KindOf(type.kind);
  info.id = id;
  display.clear();
  if (super != nullptr) display = super->display;
  info.depth = static_cast<uint16_t>(display.size());
  display.push_back(&info);
  info.display = display.data();
  if (type.kind == CompositeKind::kStruct) SetFields(type.fields, type.descriptor.has_value());
  if (type.kind == CompositeKind::kArray) SetElement(type.fields[0]);
}

void ObjectLayout::SetFields(const std::vector<FieldType>& fields, bool has_descriptor) {
  field_offsets.clear(), slot_offsets.clear(), tail.clear(), ref_offsets.clear();
  std::vector<uint32_t> bytes;  // by slot
  uint32_t at = kObjectHeader;
  for (const FieldType& field : fields) {
    const uint32_t size = StorageBytes(field);
    at = AlignUp(at, std::min(size, kWord));
    field_offsets.push_back(at);
    if (field.type.is_ref()) ref_offsets.push_back(at);
    for (uint32_t part = 0; part < size; part += kWord) {
      slot_offsets.push_back(at + part);
      bytes.push_back(std::min(size, kWord));
    }
    at += size;
  }
  info.size = AlignUp(at, kWord);
  if (has_descriptor) {
    info.descriptor_offset = info.size;
    slot_offsets.push_back(info.size);
    bytes.push_back(kWord);
    ref_offsets.push_back(info.size);
    info.size += kWord;
  }
  info.slot_count = static_cast<uint32_t>(slot_offsets.size());
  info.whole_slots = info.slot_count;
  while (info.whole_slots != 0 && slot_offsets[info.whole_slots - 1] + kWord > info.size) --info.whole_slots;
  for (uint32_t slot = info.whole_slots; slot < info.slot_count; ++slot) {
    tail.push_back({slot, slot_offsets[slot], bytes[slot]});
  }
  info.bump_bytes = info.size > kLargeObjectBytes ? UINT64_MAX : info.size;
  info.field_offsets = field_offsets.data();
  info.slot_offsets = slot_offsets.data();
  info.tail = tail.data();
  info.tail_count = static_cast<uint32_t>(tail.size());
  info.ref_offsets = ref_offsets.data();
  info.ref_count = static_cast<uint32_t>(ref_offsets.size());
}

void ObjectLayout::SetElement(const FieldType& field) {
  info.element_log2 = static_cast<uint8_t>(std::countr_zero(StorageBytes(field)));
  info.element_is_ref = field.type.is_ref();
}

}  // namespace cvm
