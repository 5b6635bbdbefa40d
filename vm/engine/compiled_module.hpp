// CompiledModule: a validated module and its register code, compiled function by function at first call. Immutable but for
// that; shared by all instances and threads of an engine.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cvm/fuel.hpp"
#include "vm/binary/decode.hpp"
#include "vm/compile/compile.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/types/canonical.hpp"
#include "vm/validate/module.hpp"

namespace cvm {

// What all modules of an engine share. Configured before the first module is made; thread-safe afterwards.
struct EngineState {
  Features features;
  LoadLimits limits;
  CanonicalTypes types;
  // Memories reserve their index range and guard pages. Off: accesses are checked in code.
  bool guard_pages = true;
  // NaN results are canonical.
  bool deterministic = false;
  // Guests consume fuel: what classes of instructions cost, and what each instruction does.
  std::optional<FuelCosts> fuel;
  std::vector<uint16_t> fuel_table;
};

class CompiledModule final : public rt::ModuleCode {
 public:
  // Validates all of `module`. The engine state must be shared with every store that instantiates it.
  static Result<std::shared_ptr<CompiledModule>> Create(std::shared_ptr<EngineState> engine,
                                                        std::shared_ptr<const ModuleData> module);

  // Compiles own function `index` (without imports) unless it is compiled. Its stub stays: every call site that still
  // goes there is patched as it does.
  Result<const uint8_t*> Compile(uint32_t index) override;
  rt::CodePlace PlaceAt(const uint8_t* ip) const override;
  uint32_t OwedAt(const uint8_t* ip) const override;
  void LinkCall(const uint8_t* return_ip, const uint8_t* stub, const uint8_t* entry) override;
  void HoldLoops() override;
  void FreeLoops() override;
  const void* HandlerBehind(const uint8_t* ip) const override;

  const std::shared_ptr<EngineState>& engine() const { return engine_; }

  // Where in this module's code `ip` lies.
  struct Place {
    uint32_t func = 0;            // index space including imports
    uint64_t offset = 0;          // of the instruction in the file
  };
  // False if `ip` is not in this module's code.
  bool FindPlace(const uint8_t* ip, Place* place) const;
  // The name section's name of the function, or "func[N]".
  std::string FunctionName(uint32_t func) const;
  // The register code of a function as text; compiles it if needed.
  Result<std::string> ListingOf(uint32_t index);
  // The same, each part behind the instructions that it was made from.
  Result<std::string> AnnotatedListing(uint32_t index);

  // The initial contents of memory 0 in one piece, where all its active segments have constant offsets.
  struct MemoryImage {
    uint64_t offset = 0;                    // page-aligned
    std::vector<uint8_t> bytes;
    std::unique_ptr<PageImage> pages;       // nullptr: copied at instantiation
  };
  const MemoryImage* image() const { return image_.get(); }

  // The memory that host functions take for their caller's: the one exported as "memory", or else memory 0. Looked up
  // once for all instances.
  std::optional<uint32_t> callers_memory() const { return callers_memory_; }

 private:
  CompiledModule() = default;
  Result<RegCode> CompileAgain(uint32_t index) const;
  void MakeStubs();
  void MakeImage();
  void FindCallersMemory();

  std::shared_ptr<EngineState> engine_;
  ValidatedModule validated_;
  CompileEnv env_;
  CopyCounters copies_;
  std::vector<uint64_t> stubs_;
  std::unique_ptr<MemoryImage> image_;
  std::optional<uint32_t> callers_memory_;

  // Installed code of one function.
  struct Installed {
    RegCode code;     // words at their final address, targets absolute
    uint32_t func;
    std::vector<HandlerAddress> held;  // handlers of the cells at code.loops, while loops are held

    HandlerAddress* Word(uint32_t at) { return reinterpret_cast<HandlerAddress*>(&code.words[at / 8]); }
    // The handler of the cell at byte position `at`, whether held or not.
    HandlerAddress* HandlerAt(uint32_t at);
    void Hold();
    void Free();
  };
  // The installed function that `ip` lies in or just past; nullptr if there is none. REQUIRES: mutex_ is held.
  Installed* FindInstalled(const uint8_t* ip) const;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Installed>> installed_;               // by own index; nullptr: not compiled
  std::map<const uint8_t*, Installed*> by_address_;                 // by first cell
  uint32_t holds_ = 0;                                              // HoldLoops less FreeLoops
};

}  // namespace cvm
