#include "vm/regcode/regop.hpp"

#include <vector>

namespace cvm {
namespace {

struct OwnInfo {
  std::string_view name;
  Shape shape;
};

constexpr OwnInfo kOwn[] = {
#define REGOP(id, format, dst, a, b, c) {#id, {Format::k##format, Bank::k##dst, {Bank::k##a, Bank::k##b, Bank::k##c}}},
#include "vm/regcode/regops.def"
};

Bank BankOfLetter(char letter) {
  switch (letter) {
    case 'f':
    case 'd': return Bank::kFloat;
    case 'v': return Bank::kVec;
    default: return Bank::kInt;
  }
}

// Signature "a:i", "ai:" … of a plain access, with a in an i32 memory.
bool IsPlainAccess(const OpcodeInfo& info) {
  return info.imm == ImmKind::kMemArg && info.prefix != 0xfe && (info.sig.starts_with("a:") || info.sig.ends_with(":"));
}

Shape WasmShape(const OpcodeInfo& info) {
  if (info.is_custom()) return {};
  const size_t colon = info.sig.find(':');
  const std::string_view params = info.sig.substr(0, colon);
  const std::string_view results = info.sig.substr(colon + 1);
  if (IsPlainAccess(info)) {
    if (results.empty()) return {Format::kStore, Bank::kNone, {Bank::kInt, BankOfLetter(params[1]), Bank::kNone}};
    return {Format::kLoad, BankOfLetter(results[0]), {Bank::kInt, Bank::kNone, Bank::kNone}};
  }
  const bool simple_imm = info.imm == ImmKind::kNone || info.imm == ImmKind::kLane;
  if (!simple_imm || results.size() != 1 || params.empty() || params.size() > 3) return {};
  Shape shape{Format::kOp, BankOfLetter(results[0]), {}};
  for (size_t i = 0; i < params.size(); ++i) shape.src[i] = BankOfLetter(params[i]);
  return shape;
}

std::vector<Shape> MakeShapes() {
  std::vector<Shape> shapes(kRegOpCount);
  for (const OpcodeInfo& info : AllOpcodes()) shapes[static_cast<size_t>(info.op)] = WasmShape(info);
  for (size_t i = 0; i < std::size(kOwn); ++i) shapes[kOpcodeCount + i] = kOwn[i].shape;
  return shapes;
}

}  // namespace

const Shape& ShapeOf(RegOp op) {
  static const std::vector<Shape> shapes = MakeShapes();
  return shapes[static_cast<size_t>(op)];
}

std::string RegOpName(RegOp op) {
  if (IsWasm(op)) return std::string(Info(ToOpcode(op)).text);
  if (IsSlow(op)) return std::string(Info(ToOpcode(op)).text) + "/slow";
  return std::string(kOwn[static_cast<size_t>(op) - kOpcodeCount].name);
}

}  // namespace cvm
