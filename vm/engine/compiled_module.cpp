#include "vm/engine/compiled_module.hpp"

#include <algorithm>
#include <cstdio>

#include "vm/engine/const_expr.hpp"
#include "vm/interp/interpret.hpp"
#include "vm/runtime/memory.hpp"
#include "vm/text/print.hpp"

namespace cvm {
namespace {

constexpr size_t kStubWords = 2;
// CompileEnv::guard_bytes. Where handlers check, guard pages do not matter to the code; where they do not, an engine
// without guard pages has no plain accesses.
constexpr uint64_t GuardBytes(bool guard_pages) {
#ifdef CVM_EXPLICIT_BOUNDS
  static_cast<void>(guard_pages);
  return 0;
#else
  return guard_pages ? rt::Memory::kGuardBytes - rt::Memory::kMaxAccessBytes : 1;
#endif
}
// An image is worth its pages only up to this many times the bytes of the segments in it.
constexpr uint64_t kMaxImageSparseness = 4;
constexpr uint64_t kSmallImageBytes = 1 << 20;
// Smaller images are copied at instantiation, which costs no more than a mapping does; and images of larger memories,
// whose file would take too long to make.
constexpr uint64_t kMinMappedImageBytes = 16 << 10;
constexpr uint64_t kMaxMappedMemoryBytes = 64 << 20;
// Where register code begins in an annotated listing.
constexpr size_t kCodeColumn = 40;

const uint8_t* AddressOf(const RegCode& code) { return reinterpret_cast<const uint8_t*>(code.words.data()); }

// Rebases the targets of freshly compiled code to where it lies.
void Install(RegCode* code) {
  auto* base = reinterpret_cast<uint8_t*>(code->words.data());
  for (const uint32_t at : code->target_at) {
    uint64_t offset;
    std::memcpy(&offset, base + at, 8);
    const uint64_t absolute = reinterpret_cast<uint64_t>(base) + offset;
    std::memcpy(base + at, &absolute, 8);
  }
  code->target_at.clear();
}

// The memory as `bytes` at `begin` make it; nullptr: they are to be copied.
std::unique_ptr<PageImage> ImageOfMemory(uint64_t memory_bytes, uint64_t begin, Bytes bytes) {
  if (bytes.size() < kMinMappedImageBytes || memory_bytes > kMaxMappedMemoryBytes) return nullptr;
  return PageImage::Create(memory_bytes, begin, bytes);
}

}  // namespace

Result<std::shared_ptr<CompiledModule>> CompiledModule::Create(std::shared_ptr<EngineState> engine,
                                                               std::shared_ptr<const ModuleData> module) {
  std::shared_ptr<CompiledModule> compiled(new CompiledModule);
  CompiledModule& c = *compiled;
  CVM_RETURN_IF_ERROR(ValidateModule(*module, engine->features, engine->types, &c.validated_, engine->limits));
  c.engine_ = std::move(engine);
  c.module = std::move(module);
  c.type_ids = c.validated_.canonical_ids;
  for (const uint32_t id : c.type_ids) c.type_infos.push_back(c.engine_->types.InfoOf(id));
  c.layout = std::make_unique<rt::ContextLayout>(*c.module);
  c.env_.handlers = c.engine_->deterministic ? &CanonicalHandlers() : &Handlers();
  c.env_.features = c.engine_->features;
  c.env_.global_offsets = c.layout->global_offsets;
  c.env_.type_ids = c.type_ids;
  c.env_.type_infos = c.type_infos;
  c.env_.guard_bytes = GuardBytes(c.engine_->guard_pages);
  c.env_.costs = c.engine_->fuel_table;
  if (c.engine_->fuel.has_value()) c.env_.bulk_bytes = c.engine_->fuel->bulk_bytes;
  c.env_.copies = &c.copies_;
  c.MakeStubs();
  c.env_.entries = c.entries;
  c.env_.compiled.resize(c.entries.size());
  c.MakeImage();
  c.FindCallersMemory();
  return compiled;
}

void CompiledModule::MakeStubs() {
  const size_t count = module->functions.size();
  stubs_.resize(count * kStubWords);
  entries.resize(count);
  installed_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    auto* stub = reinterpret_cast<uint8_t*>(&stubs_[i * kStubWords]);
    WriteCompileStub(stub, static_cast<uint32_t>(i));
    entries[i] = stub;
  }
}

Result<const uint8_t*> CompiledModule::Compile(uint32_t index) {
  std::lock_guard lock(mutex_);
  if (installed_[index] != nullptr) return AddressOf(installed_[index]->code);
  const uint32_t func = module->imported_funcs + index;
  CVM_ASSIGN_OR_RETURN(RegCode code, CompileFunction(*module, FuncIndex(func), env_));
  auto installed = std::make_unique<Installed>(Installed{std::move(code), func, {}});
  Install(&installed->code);
  if (holds_ != 0) installed->Hold();
  const uint8_t* entry = AddressOf(installed->code);
  by_address_[entry] = installed.get();
  installed_[index] = std::move(installed);
  __atomic_store_n(&entries[index], entry, __ATOMIC_RELEASE);
  env_.entries[index] = entry;
  env_.compiled[index] = true;
  return entry;
}

CompiledModule::Installed* CompiledModule::FindInstalled(const uint8_t* ip) const {
  const auto it = by_address_.upper_bound(ip);
  if (it == by_address_.begin()) return nullptr;
  Installed* found = std::prev(it)->second;
  return static_cast<uint64_t>(ip - AddressOf(found->code)) > found->code.words.size() * 8 ? nullptr : found;
}

rt::CodePlace CompiledModule::PlaceAt(const uint8_t* ip) const {
  std::lock_guard lock(mutex_);
  rt::CodePlace place{.ip = ip};
  const Installed* found = FindInstalled(ip);
  if (found == nullptr) return place;
  place.code = AddressOf(found->code);
  place.refs = {found->code.ref_offset, found->code.ref_slots};
  if (found->code.unwind.empty()) return place;
  place.unwind = &found->code.unwind;
  place.range = place.unwind->Find(static_cast<uint32_t>(ip - place.code));
  return place;
}

uint32_t CompiledModule::OwedAt(const uint8_t* ip) const {
  std::lock_guard lock(mutex_);
  const Installed* found = FindInstalled(ip);
  return found == nullptr ? 0 : found->code.OwedAt(static_cast<uint32_t>(ip - AddressOf(found->code)));
}

bool CompiledModule::FindPlace(const uint8_t* ip, Place* place) const {
  std::lock_guard lock(mutex_);
  const Installed* installed = FindInstalled(ip);
  if (installed == nullptr) return false;
  const Installed& found = *installed;
  const auto at = static_cast<uint64_t>(ip - AddressOf(found.code));
  place->func = found.func;
  // The last instruction whose cell begins before ip: ip is within the running cell or just past a call.
  const auto& origins = found.code.origins;
  auto origin = std::lower_bound(origins.begin(), origins.end(), at,
                                 [](const auto& entry, uint64_t wanted) { return entry.first < wanted; });
  place->offset = origin == origins.begin() ? 0 : std::prev(origin)->second;
  return true;
}

std::string CompiledModule::FunctionName(uint32_t func) const {
  const std::string_view name = module->names.funcs.Find(func);
  return name.empty() ? "func[" + std::to_string(func) + "]" : std::string(name);
}

// Code as it was before installation.
Result<RegCode> CompiledModule::CompileAgain(uint32_t index) const {
  CompileEnv env;
  {
    std::lock_guard lock(mutex_);
    env = env_;
  }
  CopyCounters copies;
  env.copies = &copies;
  return CompileFunction(*module, FuncIndex(module->imported_funcs + index), env);
}

Result<std::string> CompiledModule::ListingOf(uint32_t index) {
  CVM_ASSIGN_OR_RETURN(const RegCode code, CompileAgain(index));
  return Listing(code, *env_.handlers);
}

Result<std::string> CompiledModule::AnnotatedListing(uint32_t index) {
  const uint32_t func = module->imported_funcs + index;
  CVM_ASSIGN_OR_RETURN(const RegCode code, CompileAgain(index));
  CVM_ASSIGN_OR_RETURN(const std::vector<PrintedInstr> instrs, PrintBody(*module, FuncIndex(func), engine_->features));
  const std::string type = ToString(module->FuncTypeOf(FuncIndex(func)));
  std::string text = FunctionName(func) + (type.empty() ? "" : " ") + type + "\n";
  auto next = instrs.begin();
  const auto print_until = [&](uint64_t offset) {
    for (; next != instrs.end() && next->offset <= offset; ++next) {
      char place[24];
      std::snprintf(place, sizeof place, "%08llx  ", static_cast<unsigned long long>(next->offset));
      text += place + next->text + "\n";
    }
  };
  auto origin = code.origins.begin();
  for (const ListedCell& cell : ListCells(code, *env_.handlers)) {
    // The frame's entry, at 0, belongs to no instruction.
    for (; cell.at != 0 && origin != code.origins.end() && origin->first <= cell.at; ++origin) {
      print_until(origin->second);
    }
    text += std::string(kCodeColumn, ' ') + cell.text + "\n";
  }
  print_until(~uint64_t{0});
  return text;
}

void CompiledModule::FindCallersMemory() {
  if (!module->memory_types.empty()) callers_memory_ = 0;
  for (const Export& e : module->exports) {
    if (e.kind == ExternKind::kMemory && e.name == "memory") callers_memory_ = e.index;
  }
}

void CompiledModule::MakeImage() {
  if (module->memory_types.empty() || module->imported_memories != 0) return;
  uint64_t begin = ~uint64_t{0}, end = 0, total = 0;
  std::vector<std::pair<uint64_t, Bytes>> pieces;
  for (const DataSegment& segment : module->data) {
    if (segment.mode != SegmentMode::kActive) continue;
    std::optional<uint64_t> offset = ConstantOffset(segment.offset);
    if (segment.memory.value != 0 || !offset.has_value()) return;
    if (segment.bytes.empty()) continue;
    pieces.emplace_back(*offset, segment.bytes);
    begin = std::min(begin, *offset);
    end = std::max(end, *offset + segment.bytes.size());
    total += segment.bytes.size();
  }
  // Out-of-bounds segments trap one by one at instantiation, after those before them have been written.
  const MemoryType& type = module->memory_types[0];
  if (pieces.empty() || end < begin || end > type.limits.min << type.page_size_log2) return;
  const uint64_t page = PageBytes();
  begin = begin / page * page;
  if (end - begin > std::max(kSmallImageBytes, total * kMaxImageSparseness)) return;
  image_ = std::make_unique<MemoryImage>();
  image_->offset = begin;
  image_->bytes.resize(end - begin);
  for (const auto& [offset, bytes] : pieces)
    std::copy(bytes.begin(), bytes.end(), image_->bytes.begin() + (offset - begin));
  image_->pages = ImageOfMemory(type.limits.min << type.page_size_log2, begin, image_->bytes);
}

}  // namespace cvm
