// Random types and values on their way from one guest to another, both ways: the literal one (lift to abi::Value,
// lower) and by a Transfer. Used by the tests of canonical-abi/plan and by the fuzz target fused_vs_literal.
//
// A case is made of bytes: types, encodings, pointer widths, values, and what is wrong with them (changed bytes of
// memory, changed flat values, a realloc that lies, little room for host bytes). It is made twice from the same bytes,
// once for each way, and everything that can be seen afterwards is written down and compared.
#pragma once

#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "canonical-abi/flat/lift_flat.hpp"
#include "canonical-abi/flat/lower_flat.hpp"
#include "canonical-abi/plan/transfer.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::abi {

// Numbers from bytes; zeros at the end.
class Choices {
 public:
  explicit Choices(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  uint8_t Byte() { return at_ < bytes_.size() ? bytes_[at_++] : 0; }
  uint32_t Below(uint32_t n) { return Byte() % n; }
  bool OneIn(uint32_t n) { return at_ < bytes_.size() && Below(n) == n - 1; }
  uint64_t Word() {
    uint64_t word = 0;
    for (int i = 0; i < 8; ++i) word = word << 8 | Byte();
    return word;
  }
  bool done() const { return at_ >= bytes_.size(); }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

class TransferCase {
 public:
  explicit TransferCase(std::span<const uint8_t> bytes) : choices_(bytes) {}

  // What the call leaves behind; "" if the input makes no case.
  std::string Run(bool literal) {
    const uint32_t shape = choices_.Byte();
    const PtrType from_ptr = shape & 1 ? PtrType::kI64 : PtrType::kI32;
    const PtrType to_ptr = shape & 2 ? PtrType::kI64 : PtrType::kI32;
    const bool results = shape & 4;
    const auto encoding = [&] { return static_cast<StringEncoding>(choices_.Below(3)); };
    const StringEncoding from_encoding = encoding();
    const StringEncoding to_encoding = encoding();
    World world(from_ptr, from_encoding, to_ptr, to_encoding);
    std::vector<ValType> types;
    for (uint32_t n = results ? 1 : 1 + choices_.Below(4); n > 0; --n) types.push_back(Type(0));
    const uint32_t max_flat = results ? kMaxFlatResults : kMaxFlatParams;
    std::vector<Value> values;
    for (const ValType& type : types) values.push_back(Make(world, type));
    LiftLowerContext sender = world.SourceCx();
    Result<std::vector<CoreValue>> flat = LowerFlatValues(sender, max_flat, values, types);
    if (!flat.ok()) return "";
    Spoil(world, *flat);
    return literal ? Literal(world, *flat, types, max_flat, results) : Fused(world, *flat, types, max_flat, results);
  }

 private:
  static constexpr size_t kMemory = 1 << 14;
  static constexpr uint32_t kOutParam = 8192;

  struct World {
    World(PtrType from_ptr, StringEncoding from_encoding, PtrType to_ptr, StringEncoding to_encoding)
        : from(kMemory, from_ptr, from_encoding), to(kMemory, to_ptr, to_encoding) {
      from.last_alloc = to.last_alloc = 16;
      from.inst.resources() = {&hosts, &theirs, &receivers};
      // Other indices mean the same.
      to.inst.resources() = {&hosts, &theirs, &receivers};
    }
    LiftLowerContext SourceCx() { return from.Cx({&source_task, &subtask}, Boundary::kComponent); }
    LiftLowerContext TargetCx() { return to.Cx({&target_task, nullptr}, Boundary::kComponent); }

    FakeGuest from, to;
    ComponentInstance other;
    ResourceType hosts{nullptr}, theirs{&other}, receivers{&to.inst};
    TaskScope source_task, target_task;
    SubtaskScope subtask;
  };

  ValType Type(int depth) {
    static constexpr TypeKind kPrimitives[] = {
        TypeKind::kBool,   TypeKind::kS8,     TypeKind::kU8,     TypeKind::kS16,
        TypeKind::kU16,    TypeKind::kS32,    TypeKind::kU32,    TypeKind::kS64,
        TypeKind::kU64,    TypeKind::kF32,    TypeKind::kF64,    TypeKind::kChar,
        TypeKind::kString, TypeKind::kString, TypeKind::kString, TypeKind::kErrorContext};
    const uint32_t choice = choices_.Below(depth >= 4 ? 18 : 32);
    if (choice < 16) return ValType(kPrimitives[choice]);
    const auto primitive = [&] { return ValType(kPrimitives[choices_.Below(13)]); };
    const auto or_primitive = [&](Result<ValType> type) { return type.ok() ? *type : primitive(); };
    switch (choice) {
      case 16:
        return OwnType(ResourceIndex(choices_.Below(3)));
      case 17:
        return BorrowType(ResourceIndex(choices_.Below(3)));
      case 18: {
        std::vector<std::string> labels(1 + choices_.Below(32), "l");
        return or_primitive(FlagsType(std::move(labels)));
      }
      case 19: {
        std::vector<std::string> labels(1 + choices_.Below(4) * 100, "l");
        return or_primitive(EnumType(std::move(labels)));
      }
      case 20:
      case 21:
        return or_primitive(OptionType(Type(depth + 1)));
      case 22:
        return or_primitive(choices_.OneIn(2) ? ResultType(Type(depth + 1), Type(depth + 1))
                                              : ResultType(std::nullopt, Type(depth + 1)));
      case 23: {
        std::vector<CaseType> cases;
        for (uint32_t n = 1 + choices_.Below(4); n > 0; --n) {
          std::optional<ValType> payload;
          if (!choices_.OneIn(3)) payload = Type(depth + 1);
          cases.push_back({"c", payload});
        }
        return or_primitive(VariantType(std::move(cases)));
      }
      case 24:
        return or_primitive(FixedListType(Type(depth + 1), 1 + choices_.Below(5)));
      case 25:
        return or_primitive(MapType(ValType(choices_.OneIn(2) ? TypeKind::kString : TypeKind::kU16), Type(depth + 1)));
      case 26:
      case 27:
      case 28: {
        std::vector<ValType> fields;
        for (uint32_t n = 1 + choices_.Below(5); n > 0; --n) fields.push_back(Type(depth + 1));
        return or_primitive(TupleType(std::move(fields)));
      }
      default:
        return or_primitive(ListType(Type(depth + 1)));
    }
  }

  Value Text() {
    static constexpr std::string_view kPieces[] = {"a",
                                                   "hello world, this is a text of more than thirty-two bytes",
                                                   "\xc3\xa9",
                                                   "\xc3\xbf",
                                                   "\xc4\x80",
                                                   "\xe2\x82\xac",
                                                   "\xf0\x9f\x98\x80",
                                                   "z"};
    std::string text;
    for (uint32_t n = choices_.Below(8); n > 0; --n) text += kPieces[choices_.Below(choices_.OneIn(3) ? 8 : 4)];
    return Value::Str(std::move(text), choices_.OneIn(2) ? StringSource::kTaggedUtf16 : StringSource::kUtf8);
  }

  Value Make(World& world, const ValType& type) {
    switch (type.despecialized()) {
      case TypeKind::kString:
        return Text();
      case TypeKind::kList: {
        std::vector<Value> elements;
        const bool fixed = type.node().length.has_value();
        const uint32_t length = fixed ? *type.node().length : choices_.Below(choices_.OneIn(4) ? 60 : 5);
        for (uint32_t i = 0; i < length; ++i) elements.push_back(Make(world, *type.node().element));
        return Value::ListOf(std::move(elements));
      }
      case TypeKind::kRecord: {
        std::vector<Value> fields;
        for (const FieldType& field : type.node().fields) fields.push_back(Make(world, field.type));
        return Value::RecordOf(std::move(fields));
      }
      case TypeKind::kVariant: {
        const auto& cases = type.node().cases;
        const auto index = static_cast<uint32_t>(choices_.Below(255) % cases.size());
        std::optional<Value> payload;
        if (cases[index].type.has_value()) payload = Make(world, *cases[index].type);
        return Value::Case(index, std::move(payload));
      }
      case TypeKind::kFlags:
        return Value::FlagBits(
            static_cast<uint32_t>(choices_.Word() & ((uint64_t{1} << type.node().labels.size()) - 1)));
      case TypeKind::kOwn:
        return Value::Own(world.from.inst.resources()[type.node().resource.value], choices_.Byte());
      case TypeKind::kBorrow:
        return Value::Borrow(world.from.inst.resources()[type.node().resource.value], choices_.Byte());
      case TypeKind::kErrorContext:
        return Value(ErrorContextRef(std::make_shared<ErrorContext>()));
      default:
        return Number(type.kind());
    }
  }

  Value Number(TypeKind kind) {
    const uint64_t bits = choices_.Word();
    switch (kind) {
      case TypeKind::kBool:
        return Value::Bool(bits & 1);
      case TypeKind::kS8:
        return Value::S8(static_cast<int8_t>(bits));
      case TypeKind::kU8:
        return Value::U8(static_cast<uint8_t>(bits));
      case TypeKind::kS16:
        return Value::S16(static_cast<int16_t>(bits));
      case TypeKind::kU16:
        return Value::U16(static_cast<uint16_t>(bits));
      case TypeKind::kS32:
        return Value::S32(static_cast<int32_t>(bits));
      case TypeKind::kU32:
        return Value::U32(static_cast<uint32_t>(bits));
      case TypeKind::kS64:
        return Value::S64(static_cast<int64_t>(bits));
      case TypeKind::kU64:
        return Value::U64(bits);
      case TypeKind::kF32:
        return Value::F32(std::bit_cast<float>(static_cast<uint32_t>(bits)));
      case TypeKind::kF64:
        return Value::F64(std::bit_cast<double>(bits));
      default:
        return Value::Char(static_cast<char32_t>(bits % 0xd800));
    }
  }

  // Whatever a guest may do wrong.
  void Spoil(World& world, std::vector<CoreValue>& flat) {
    const uint32_t what = choices_.Byte();
    std::vector<uint8_t> bytes = world.from.memory.Copy();
    for (uint32_t n = what & 1 ? choices_.Below(8) : 0; n > 0; --n) {
      const uint64_t used = std::max<uint64_t>(world.from.last_alloc, 17) - 16;
      bytes[16 + choices_.Word() % used] = choices_.Byte();
    }
    // NaNs that are not the canonical one, and discriminants and pointers near the end of what is.
    if (what & 2 && !flat.empty()) {
      CoreValue& value = flat[choices_.Below(static_cast<uint32_t>(std::min<size_t>(flat.size(), 255)))];
      const bool narrow = value.type == CoreType::kI32 || value.type == CoreType::kF32;
      value.bits = choices_.OneIn(2) ? choices_.Word() : value.bits + choices_.Byte();
      if (narrow) value.bits &= 0xffffffff;
    }
    if (what & 4) bytes.resize(choices_.Below(8) * kMemory / 8);
    world.from.memory.Replace(std::move(bytes));
    if ((what & 0x18) == 0x18) world.to.lie = {choices_.Below(4), choices_.Word() >> (choices_.OneIn(2) ? 56 : 40)};
    world.to.budget = HostBudget((what & 0x60) == 0x60 ? choices_.Below(255) * 32 : kDefaultHostBytesPerCall);
    world.from.budget = world.to.budget;
    out_param_ = kOutParam + (what & 0x80 ? choices_.Byte() * 40 : 0);
  }

  std::string Literal(World& world, const std::vector<CoreValue>& flat, const std::vector<ValType>& types,
                      uint32_t max_flat, bool results) {
    LiftLowerContext sender = world.SourceCx();
    LiftLowerContext receiver = world.TargetCx();
    CoreValueIter vi(flat);
    const Result<std::vector<Value>> values = LiftFlatValues(sender, max_flat, vi, types);
    if (!values.ok()) return Describe(world, values.error(), {}, types, max_flat, results);
    const CoreValue out = CoreValue::Ptr(world.to.opts.ptr_type(), out_param_);
    CoreValueIter outs({&out, 1});
    auto lowered = LowerFlatValues(receiver, max_flat, *values, types, results ? &outs : nullptr);
    if (!lowered.ok()) return Describe(world, lowered.error(), {}, types, max_flat, results);
    std::vector<uint64_t> bits;
    for (const CoreValue& value : *lowered) bits.push_back(value.bits);
    return Describe(world, std::nullopt, bits, types, max_flat, results);
  }

  std::string Fused(World& world, const std::vector<CoreValue>& flat, const std::vector<ValType>& types,
                    uint32_t max_flat, bool results) {
    const auto transfer =
        Transfer::Compile(types, world.from.opts.ptr_type(), types, world.to.opts.ptr_type(), max_flat);
    if (transfer == nullptr) return Literal(world, flat, types, max_flat, results);
    LiftLowerContext sender = world.SourceCx();
    LiftLowerContext receiver = world.TargetCx();
    std::vector<uint64_t> slots;
    for (const CoreValue& value : flat) slots.push_back(value.bits);
    TransferState state;
    const Result<void> lifted = transfer->Lift(sender, slots.data(), state);
    if (!lifted.ok()) return Describe(world, lifted.error(), {}, types, max_flat, results);
    std::vector<uint64_t> out(std::max<size_t>(max_flat, 1));
    const Result<void> lowered =
        transfer->Lower(sender, receiver, slots.data(), out.data(), results ? &out_param_ : nullptr, state);
    if (!lowered.ok()) return Describe(world, lowered.error(), {}, types, max_flat, results);
    out.resize(results && transfer->in_memory() ? 0 : transfer->flat_count());
    return Describe(world, std::nullopt, out, types, max_flat, results);
  }

  static std::string Describe(World& world, const std::optional<Error>& error, const std::vector<uint64_t>& out,
                              const std::vector<ValType>& types, uint32_t max_flat, bool results) {
    std::ostringstream text;
    for (const ValType& type : types) text << type.ToString() << " ";
    text << (results ? "results" : "params") << (FlatCount(types) > max_flat ? " in memory" : " flat") << "\n";
    const auto names = {world.from.opts.string_encoding, world.to.opts.string_encoding};
    for (const StringEncoding name : names) text << "encoding " << static_cast<int>(name) << "\n";
    if (error.has_value()) text << ErrorKindName(error->kind()) << ": " << error->message() << "\n";
    for (const uint64_t bits : out) text << bits << " ";
    text << "\n";
    for (const ReallocCall& call : world.to.calls) {
      text << "realloc " << call.old_ptr << " " << call.old_size << " " << call.alignment << " " << call.new_size
           << "\n";
    }
    Table(text, "from", world.from.inst.handles());
    Table(text, "to", world.to.inst.handles());
    text << "lent " << world.subtask.num_lenders() << " borrowed " << world.target_task.num_borrows() << " budget "
         << world.from.budget.left() << "\n";
    uint64_t hash = 0xcbf29ce484222325u;
    for (const uint8_t byte : world.to.memory.Copy()) hash = (hash ^ byte) * 0x100000001b3u;
    text << "memory " << std::hex << hash << std::dec << "\n";
    return text.str();
  }

  static void Table(std::ostringstream& text, const char* name, HandleTable& table) {
    text << name << ":";
    for (uint32_t i = 1; i < table.length(); ++i) {
      const auto entry = table.Get(i);
      if (!entry.ok()) {
        text << " -";
        continue;
      }
      const auto* handle = std::get_if<ResourceHandle>(*entry);
      if (handle == nullptr) {
        text << " e";
      } else {
        text << (handle->own ? " o" : " b") << handle->rep << "/" << handle->num_lends;
      }
    }
    text << "\n";
  }

  Choices choices_;
  uint64_t out_param_ = kOutParam;
};

}  // namespace cvm::abi
