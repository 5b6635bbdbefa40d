// A guest that does what the test says: a module with a wrapper around each function of preview 1 and two pages of
// memory. Its memory is filled with 0xA5 at first, so that what the host leaves alone can be told.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/vm.hpp"
#include "cvm/wasi.hpp"
#include "test/wasi/os/temp_dir.hpp"
#include "wasi/p1/context.hpp"
#include "wasi/p1/types.hpp"

namespace Catch {
template <>
struct StringMaker<cvm::wasi::p1::Errno> {
  static std::string convert(cvm::wasi::p1::Errno error) { return "errno " + std::to_string(static_cast<int>(error)); }
};
}  // namespace Catch

namespace cvm::wasi::p1 {

// Parameters of each function: i for i32, l for i64. From the witx.
inline const std::map<std::string, std::string>& Signatures() {
  static const std::map<std::string, std::string> kSignatures = {
      {"args_get", "ii"},
      {"args_sizes_get", "ii"},
      {"environ_get", "ii"},
      {"environ_sizes_get", "ii"},
      {"clock_res_get", "ii"},
      {"clock_time_get", "ili"},
      {"fd_advise", "illi"},
      {"fd_allocate", "ill"},
      {"fd_close", "i"},
      {"fd_datasync", "i"},
      {"fd_fdstat_get", "ii"},
      {"fd_fdstat_set_flags", "ii"},
      {"fd_fdstat_set_rights", "ill"},
      {"fd_filestat_get", "ii"},
      {"fd_filestat_set_size", "il"},
      {"fd_filestat_set_times", "illi"},
      {"fd_pread", "iiili"},
      {"fd_prestat_get", "ii"},
      {"fd_prestat_dir_name", "iii"},
      {"fd_pwrite", "iiili"},
      {"fd_read", "iiii"},
      {"fd_readdir", "iiili"},
      {"fd_renumber", "ii"},
      {"fd_seek", "ilii"},
      {"fd_sync", "i"},
      {"fd_tell", "ii"},
      {"fd_write", "iiii"},
      {"path_create_directory", "iii"},
      {"path_filestat_get", "iiiii"},
      {"path_filestat_set_times", "iiiilli"},
      {"path_link", "iiiiiii"},
      {"path_open", "iiiiillii"},
      {"path_readlink", "iiiiii"},
      {"path_remove_directory", "iii"},
      {"path_rename", "iiiiii"},
      {"path_symlink", "iiiii"},
      {"path_unlink_file", "iii"},
      {"poll_oneoff", "iiii"},
      {"proc_raise", "i"},
      {"sched_yield", ""},
      {"random_get", "ii"},
      {"sock_accept", "iii"},
      {"sock_recv", "iiiiii"},
      {"sock_send", "iiiii"},
      {"sock_shutdown", "ii"},
  };
  return kSignatures;
}

inline std::string GuestText(std::string_view module) {
  std::string imports;
  std::string bodies;
  for (const auto& [name, parameters] : Signatures()) {
    if (module == "wasi_unstable" && name == "sock_accept") continue;
    std::string types;
    std::string gets;
    for (size_t i = 0; i < parameters.size(); ++i) {
      types += parameters[i] == 'l' ? " i64" : " i32";
      gets += " (local.get " + std::to_string(i) + ")";
    }
    const std::string type = (types.empty() ? "" : "(param" + types + ")") + " (result i32)";
    imports += "(import \"" + std::string(module) + "\" \"" + name + "\" (func $" + name + " " + type + "))\n";
    bodies += "(func (export \"" + name + "\") " + type + " (call $" + name + gets + "))\n";
  }
  imports += "(import \"" + std::string(module) + "\" \"proc_exit\" (func $proc_exit (param i32)))\n";
  bodies += "(func (export \"proc_exit\") (param i32) (call $proc_exit (local.get 0)))\n";
  return "(module " + imports + "(memory (export \"memory\") 2)" + bodies + ")";
}

class Guest {
 public:
  static constexpr uint32_t kMemory = 2 * 65536;
  static constexpr uint32_t kStrings = 0x1000;  // where Put places texts
  static constexpr uint32_t kResult = 0x100;    // where answers go
  static constexpr uint8_t kFill = 0xA5;

  explicit Guest(const WasiConfig& config = {}, std::string_view module = "wasi_snapshot_preview1")
      : Guest(WasiContext::Create(config).value(), module) {}
  explicit Guest(std::shared_ptr<WasiContext> shared, std::string_view module = "wasi_snapshot_preview1")
      : context(std::move(shared)), store_(engine_), linker_(engine_), instance_(Link(module)) {
    Fill();
  }

  // Sets all of memory to kFill.
  void Fill() {
    auto bytes = Memory();
    std::fill(bytes.begin(), bytes.end(), kFill);
    next_ = kStrings;
  }
  Store& store() { return store_; }
  std::span<uint8_t> Memory() { return instance_.GetMemory("memory").value().data(); }

  // Calls a function that answers an errno; numbers become what its parameters are.
  template <class... Args>
  Errno Call(const std::string& name, Args... args) {
    const auto results = TryCall(name, args...);
    REQUIRE(results.ok());
    return static_cast<Errno>((*results)[0].i32());
  }
  template <class... Args>
  Result<std::vector<Val>> TryCall(const std::string& name, Args... args) {
    const Func func = instance_.GetFunc(name).value();
    const std::vector<int64_t> numbers = {static_cast<int64_t>(args)...};
    std::vector<Val> values;
    const auto kinds = func.signature().params;
    REQUIRE(kinds.size() == numbers.size());
    for (size_t i = 0; i < numbers.size(); ++i) {
      values.push_back(kinds[i] == Kind::kI64 ? Val::I64(numbers[i]) : Val::I32(static_cast<int32_t>(numbers[i])));
    }
    return func.Call(values);
  }

  template <class T>
  T Get(uint32_t address) {
    return GetLe<T>(Memory(), address);
  }
  template <class T>
  void Set(uint32_t address, T value) {
    std::memcpy(Memory().data() + address, &value, sizeof(T));
  }
  std::string Text(uint32_t address, size_t size) {
    return std::string(reinterpret_cast<const char*>(Memory().data()) + address, size);
  }
  // A text in memory: two arguments of a path or buffer.
  uint32_t Put(std::string_view text) {
    const uint32_t at = next_;
    std::copy(text.begin(), text.end(), Memory().begin() + at);
    next_ += static_cast<uint32_t>(text.size()) + 1;
    return at;
  }
  // A list of iovecs in memory; its address.
  uint32_t PutIovecs(const std::vector<std::pair<uint32_t, uint32_t>>& vectors) {
    next_ = (next_ + 7) & ~7u;
    const uint32_t at = next_;
    for (const auto& [address, size] : vectors) {
      Set<uint32_t>(next_, address);
      Set<uint32_t>(next_ + 4, size);
      next_ += 8;
    }
    return at;
  }

  // path_open from preopen `dir`; the descriptor, or an errno.
  Errno Open(uint32_t dir, std::string_view path, uint32_t oflags, RightBits rights, uint32_t* fd, uint32_t fdflags = 0,
             uint32_t lookup = 1) {
    const Errno error =
        Call("path_open", dir, lookup, Put(path), path.size(), oflags, rights, rights, fdflags, kResult);
    *fd = Get<uint32_t>(kResult);
    return error;
  }
  Errno Write(uint32_t fd, std::string_view text) {
    const uint32_t at = Put(text);
    return Call("fd_write", fd, PutIovecs({{at, static_cast<uint32_t>(text.size())}}), 1, kResult);
  }
  // What fd_read gives, up to `size` bytes.
  Errno Read(uint32_t fd, uint32_t size, std::string* text) {
    constexpr uint32_t kAt = 0x8000;
    const Errno error = Call("fd_read", fd, PutIovecs({{kAt, size}}), 1, kResult);
    *text = error == Errno::kSuccess ? Text(kAt, Get<uint32_t>(kResult)) : "";
    return error;
  }

  std::shared_ptr<WasiContext> context;

 private:
  Instance Link(std::string_view module) {
    AddPreview1(linker_, context).value();
    return linker_.Instantiate(store_, Module::Parse(engine_, GuestText(module)).value()).value();
  }

  Engine engine_;
  Store store_;
  Linker linker_;
  Instance instance_;
  uint32_t next_ = kStrings;
};

inline constexpr RightBits kReadWrite = kFdRead | kFdWrite;
inline constexpr uint32_t kPreopen = 3;

inline WasiConfig WithDir(const TempDir& dir, Access access = Access::kReadWrite) {
  WasiConfig config;
  config.dirs = {{dir.path().string(), "/data", access}};
  return config;
}

}  // namespace cvm::wasi::p1
