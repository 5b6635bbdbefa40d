// The table of preview 1, and how its rows become host functions.
//
// A row is a name and a method of Host. What a core function type says of the parameters (i32, i64) and how they are
// read from the guest's slots follows from the method's own parameter types, so a wrong type is a compile error or a
// link error, never a wrong argument.
#include <array>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "cvm/wasi.hpp"
#include "vm/base/try.hpp"
#include "vm/runtime/instance.hpp"
#include "wasi/p1/host.hpp"

namespace cvm::wasi {
namespace p1 {
namespace {

// Parameters are numbers, or things that take slots of i32 each (guest_memory.hpp).
template <class T>
constexpr size_t SlotsOf() {
  if constexpr (std::is_arithmetic_v<T>) {
    return 1;
  } else {
    return T::kSlots;
  }
}

template <class T>
void AddKinds(std::vector<Kind>* kinds) {
  const bool wide = std::is_arithmetic_v<T> && sizeof(T) == 8;
  kinds->insert(kinds->end(), SlotsOf<T>(), wide ? Kind::kI64 : Kind::kI32);
}

template <class T>
Errno DecodeParameter(const GuestMemory& memory, const uint64_t** slots, T* value) {
  Errno error = Errno::kSuccess;
  if constexpr (std::is_arithmetic_v<T>) {
    *value = static_cast<T>(**slots);
  } else {
    error = value->Decode(memory, *slots);
  }
  *slots += SlotsOf<T>();
  return error;
}

using Body = Result<void> (*)(Host& host, Caller& caller, std::span<uint64_t> slots);

struct Row {
  std::string_view name;
  FuncSignature (*signature)();
  Body body;
};

template <auto kMethod>
struct Bound;

template <class Return, class... Parameters, Return (Host::*kMethod)(Parameters...)>
struct Bound<kMethod> {
  // All answer an errno but proc_exit, which has no result.
  static constexpr bool kHasErrno = !std::is_same_v<Return, Result<void>>;

  static FuncSignature Signature() {
    FuncSignature signature;
    (AddKinds<Parameters>(&signature.params), ...);
    if (kHasErrno) signature.results = {Kind::kI32};
    return signature;
  }

  static Result<void> Call(Host& host, Caller& caller, std::span<uint64_t> slots) {
    Bytes bytes;
    // An instance without a memory has no valid address.
    if (const Result<Memory> memory = caller.memory(); memory.ok()) bytes = memory->data();
    const GuestMemory memory(bytes);
    std::tuple<Parameters...> parameters;
    const uint64_t* next = slots.data();
    Errno error = Errno::kSuccess;
    std::apply(
        [&](auto&... parameter) {
          ((error = error == Errno::kSuccess ? DecodeParameter(memory, &next, &parameter) : error), ...);
        },
        parameters);
    const auto call = [&](auto&... parameter) { return (host.*kMethod)(std::move(parameter)...); };
    if constexpr (!kHasErrno) {
      return std::apply(call, parameters);
    } else {
      if (error == Errno::kSuccess) {
        if constexpr (std::is_same_v<Return, Errno>) {
          error = std::apply(call, parameters);
        } else {
          CVM_ASSIGN_OR_RETURN(error, std::apply(call, parameters));
        }
      }
      slots[0] = static_cast<uint32_t>(error);
      return {};
    }
  }
};

template <auto kMethod>
constexpr Row Function(std::string_view name) {
  return Row{name, Bound<kMethod>::Signature, Bound<kMethod>::Call};
}

// What both versions have, in the order of the standard.
constexpr std::array kCommon = {
    Function<&Host::ArgsGet>("args_get"),
    Function<&Host::ArgsSizesGet>("args_sizes_get"),
    Function<&Host::EnvironGet>("environ_get"),
    Function<&Host::EnvironSizesGet>("environ_sizes_get"),
    Function<&Host::ClockResGet>("clock_res_get"),
    Function<&Host::ClockTimeGet>("clock_time_get"),
    Function<&Host::FdAdvise>("fd_advise"),
    Function<&Host::FdAllocate>("fd_allocate"),
    Function<&Host::FdClose>("fd_close"),
    Function<&Host::FdDatasync>("fd_datasync"),
    Function<&Host::FdFdstatGet>("fd_fdstat_get"),
    Function<&Host::FdFdstatSetFlags>("fd_fdstat_set_flags"),
    Function<&Host::FdFdstatSetRights>("fd_fdstat_set_rights"),
    Function<&Host::FdFilestatSetSize>("fd_filestat_set_size"),
    Function<&Host::FdFilestatSetTimes>("fd_filestat_set_times"),
    Function<&Host::FdPread>("fd_pread"),
    Function<&Host::FdPrestatGet>("fd_prestat_get"),
    Function<&Host::FdPrestatDirName>("fd_prestat_dir_name"),
    Function<&Host::FdPwrite>("fd_pwrite"),
    Function<&Host::FdRead>("fd_read"),
    Function<&Host::FdReaddir>("fd_readdir"),
    Function<&Host::FdRenumber>("fd_renumber"),
    Function<&Host::FdSync>("fd_sync"),
    Function<&Host::FdTell>("fd_tell"),
    Function<&Host::FdWrite>("fd_write"),
    Function<&Host::PathCreateDirectory>("path_create_directory"),
    Function<&Host::PathFilestatSetTimes>("path_filestat_set_times"),
    Function<&Host::PathLink>("path_link"),
    Function<&Host::PathOpen>("path_open"),
    Function<&Host::PathReadlink>("path_readlink"),
    Function<&Host::PathRemoveDirectory>("path_remove_directory"),
    Function<&Host::PathRename>("path_rename"),
    Function<&Host::PathSymlink>("path_symlink"),
    Function<&Host::PathUnlinkFile>("path_unlink_file"),
    Function<&Host::ProcExit>("proc_exit"),
    Function<&Host::ProcRaise>("proc_raise"),
    Function<&Host::SchedYield>("sched_yield"),
    Function<&Host::RandomGet>("random_get"),
    Function<&Host::SockRecv>("sock_recv"),
    Function<&Host::SockSend>("sock_send"),
    Function<&Host::SockShutdown>("sock_shutdown"),
};

// What they differ in.
template <class Version>
constexpr std::array kOwn = {
    Function<&Host::FdFilestatGet<Version>>("fd_filestat_get"),
    Function<&Host::FdSeek<Version>>("fd_seek"),
    Function<&Host::PathFilestatGet<Version>>("path_filestat_get"),
    Function<&Host::PollOneoff<Version>>("poll_oneoff"),
};
constexpr std::array kOnlySnapshot1 = {Function<&Host::SockAccept>("sock_accept")};
static_assert(kCommon.size() + kOwn<Snapshot1>.size() + kOnlySnapshot1.size() == 46);

void Define(Linker& linker, std::string_view module, std::span<const Row> rows, const std::shared_ptr<Host>& host) {
  for (const Row& row : rows) {
    linker.DefineHost(module, row.name, row.signature(),
                      [host, body = row.body](Caller& caller, std::span<uint64_t> slots) {
                        host->CalledBy(static_cast<rt::Context*>(caller.context())->instance->store);
                        return body(*host, caller, slots);
                      });
  }
}

}  // namespace
}  // namespace p1

Result<void> AddPreview1(Linker& linker, std::shared_ptr<WasiContext> context) {
  if (context == nullptr) return UsageError("preview 1 needs a context");
  const auto host = std::make_shared<p1::Host>(std::move(context));
  constexpr std::string_view kSnapshot1 = "wasi_snapshot_preview1";
  constexpr std::string_view kUnstable = "wasi_unstable";
  p1::Define(linker, kSnapshot1, p1::kCommon, host);
  p1::Define(linker, kSnapshot1, p1::kOwn<p1::Snapshot1>, host);
  p1::Define(linker, kSnapshot1, p1::kOnlySnapshot1, host);
  p1::Define(linker, kUnstable, p1::kCommon, host);
  p1::Define(linker, kUnstable, p1::kOwn<p1::Unstable>, host);
  return {};
}

}  // namespace cvm::wasi
