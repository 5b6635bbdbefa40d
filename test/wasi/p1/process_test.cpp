// Arguments, environment, clocks, random numbers, streams, the end of a run; and what a config may say.
#include "test/wasi/p1/guest.hpp"

namespace cvm::wasi::p1 {
namespace {

TEST_CASE("arguments and environment are C strings and a list of pointers") {
  WasiConfig config;
  config.args = {"prog", "", "zwei"};
  config.env = {{"A", "1"}, {"EMPTY", ""}};
  Guest guest(config);
  REQUIRE(guest.Call("args_sizes_get", 0, 4) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(0) == 3);
  CHECK(guest.Get<uint32_t>(4) == 11);
  REQUIRE(guest.Call("args_get", 16, 64) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(16) == 64);
  CHECK(guest.Get<uint32_t>(20) == 69);
  CHECK(guest.Get<uint32_t>(24) == 70);
  CHECK(guest.Text(64, 11) == std::string("prog\0\0zwei\0", 11));
  CHECK(guest.Get<uint8_t>(75) == Guest::kFill);
  REQUIRE(guest.Call("environ_sizes_get", 0, 4) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(0) == 2);
  REQUIRE(guest.Call("environ_get", 16, 64) == Errno::kSuccess);
  CHECK(guest.Text(64, guest.Get<uint32_t>(4)) == std::string("A=1\0EMPTY=\0", 11));
  // The last byte that fits, and one past it.
  CHECK(guest.Call("args_get", 16, Guest::kMemory - 11) == Errno::kSuccess);
  CHECK(guest.Call("args_get", 16, Guest::kMemory - 10) == Errno::kFault);
  CHECK(guest.Call("args_get", Guest::kMemory - 11, 64) == Errno::kFault);
  CHECK(guest.Call("args_get", -1, 64) == Errno::kFault);
}

TEST_CASE("an empty config gives a guest nothing") {
  Guest guest;
  CHECK(guest.Call("args_sizes_get", 0, 4) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(0) == 0);
  CHECK(guest.Call("fd_prestat_get", 3, 0) == Errno::kBadf);
  std::string text = "x";
  CHECK(guest.Read(0, 10, &text) == Errno::kSuccess);
  CHECK(text.empty());
  CHECK(guest.Write(1, "into the void") == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == 13);
}

TEST_CASE("what a config may not say") {
  const auto kind = [](const WasiConfig& config) {
    const auto made = WasiContext::Create(config);
    return made.ok() ? ErrorKind::kBug : made.error().kind();
  };
  WasiConfig config;
  config.args = {std::string("a\0b", 3)};
  CHECK(kind(config) == ErrorKind::kUsage);
  config = {};
  config.env = {{"A=B", "c"}};
  CHECK(kind(config) == ErrorKind::kUsage);
  config.env = {{"", "c"}};
  CHECK(kind(config) == ErrorKind::kUsage);
  config = {};
  config.dirs = {{"/does/not/exist", "/"}};
  CHECK(kind(config) == ErrorKind::kIo);
  config = {};
  config.loop = EventLoop::Create().value();
  config.virtual_clock.emplace();
  CHECK(kind(config) == ErrorKind::kUsage);
  Engine engine;
  Linker linker(engine);
  CHECK_FALSE(AddPreview1(linker, nullptr).ok());
}

TEST_CASE("clocks") {
  WasiConfig config;
  config.virtual_clock = VirtualClock{500, 1'700'000'000'000'000'123};
  Guest guest(config);
  CHECK(guest.Call("clock_time_get", 0, 1, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(0) == 1'700'000'000'000'000'123);
  CHECK(guest.Call("clock_time_get", 1, 0, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(0) == 500);
  CHECK(guest.Call("clock_res_get", 0, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(0) == 1);
  CHECK(guest.Call("clock_res_get", 1, 0) == Errno::kSuccess);
  for (const int cpu : {2, 3}) {
    CHECK(guest.Call("clock_time_get", cpu, 0, 0) == Errno::kNotsup);
    CHECK(guest.Call("clock_res_get", cpu, 0) == Errno::kNotsup);
  }
  CHECK(guest.Call("clock_time_get", 4, 0, 0) == Errno::kInval);
  CHECK(guest.Call("clock_res_get", -1, 0) == Errno::kInval);
  CHECK(guest.Call("clock_time_get", 0, 0, Guest::kMemory - 7) == Errno::kFault);
}

TEST_CASE("max-random-size: at the limit and one past it; seeds repeat (HST-01)") {
  WasiConfig config;
  config.random_seed = 42;
  config.limits.max_random_bytes = 1000;
  Guest first(config);
  Guest second(config);
  REQUIRE(first.Call("random_get", 0, 1000) == Errno::kSuccess);
  REQUIRE(second.Call("random_get", 0, 1000) == Errno::kSuccess);
  CHECK(first.Text(0, 1000) == second.Text(0, 1000));
  CHECK(first.Get<uint8_t>(1000) == Guest::kFill);
  CHECK(first.Call("random_get", 0, 1001) == Errno::kInval);
  CHECK(first.Call("random_get", 0, -1) == Errno::kFault);
  CHECK(first.Call("random_get", Guest::kMemory, 0) == Errno::kSuccess);
  CHECK(first.Call("random_get", Guest::kMemory + 1, 0) == Errno::kFault);
  CHECK(WasiLimits().max_random_bytes == 1 << 20);
  Guest real;
  REQUIRE(real.Call("random_get", 0, 64) == Errno::kSuccess);
  CHECK(real.Text(0, 64) != std::string(64, static_cast<char>(Guest::kFill)));
}

TEST_CASE("proc_exit ends the run with its code") {
  Guest guest;
  for (const uint32_t code : {0u, 1u, 126u, 255u, 256u, 0xffffffffu}) {
    const auto ended = guest.TryCall("proc_exit", code);
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.error().kind() == ErrorKind::kExit);
    CHECK(static_cast<uint32_t>(ended.error().exit_code()) == code);
  }
  CHECK(guest.Call("sched_yield") == Errno::kSuccess);
  CHECK(guest.Call("proc_raise", 6) == Errno::kNotsup);
}

TEST_CASE("standard streams") {
  WasiConfig config;
  config.input = Input::Bytes("line one\nline two");
  config.output = Output::Capture(20);
  std::string called;
  config.error_output = Output::To([&](std::string_view text) { called += text; });
  Guest guest(config);
  std::string text;
  CHECK(guest.Read(0, 9, &text) == Errno::kSuccess);
  CHECK(text == "line one\n");
  CHECK(guest.Read(0, 100, &text) == Errno::kSuccess);
  CHECK(text == "line two");
  CHECK(guest.Read(0, 100, &text) == Errno::kSuccess);
  CHECK(text.empty());
  CHECK(guest.Read(1, 1, &text) == Errno::kBadf);
  CHECK(guest.Write(0, "x") == Errno::kBadf);

  // Several buffers go out as one.
  const uint32_t list = guest.PutIovecs({{guest.Put("ga"), 2}, {Guest::kMemory, 0}, {guest.Put("thered"), 6}});
  CHECK(guest.Call("fd_write", 1, list, 3, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == 8);
  CHECK(guest.Write(1, "thirteen char") == Errno::kNospc);
  CHECK(guest.Write(1, "twelve chars") == Errno::kSuccess);
  CHECK(guest.context->TakeStdout() == "gatheredtwelve chars");
  CHECK(guest.Write(1, "again") == Errno::kSuccess);
  CHECK(guest.context->TakeStdout() == "again");
  CHECK(guest.Write(2, "error") == Errno::kSuccess);
  CHECK(called == "error");
  CHECK(guest.context->TakeStderr().empty());

  // Without a position, a size, or a name.
  CHECK(guest.Call("fd_seek", 1, 0, 0, 0) == Errno::kSpipe);
  CHECK(guest.Call("fd_tell", 0, 0) == Errno::kSpipe);
  CHECK(guest.Call("fd_filestat_set_size", 1, 0) == Errno::kBadf);
  CHECK(guest.Call("fd_sync", 1) == Errno::kSuccess);
  CHECK(guest.Call("fd_datasync", 0) == Errno::kInval);
  CHECK(guest.Call("fd_prestat_get", 1, 0) == Errno::kBadf);
  CHECK(guest.Call("path_unlink_file", 1, guest.Put("x"), 1) == Errno::kNotdir);
  CHECK(guest.Call("fd_readdir", 1, 0, 100, 0, Guest::kResult) == Errno::kNotdir);
}

TEST_CASE("the state of a stream") {
  Guest guest;
  REQUIRE(guest.Call("fd_fdstat_get", 1, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint8_t>(0) == 0);
  CHECK(guest.Get<uint16_t>(2) == 0);
  CHECK((guest.Get<uint64_t>(8) & (kFdSeek | kFdTell | kFdRead)) == 0);
  CHECK((guest.Get<uint64_t>(8) & kFdWrite) != 0);
  CHECK(guest.Call("fd_fdstat_set_flags", 1, kFdflagsNonblock) == Errno::kSuccess);
  REQUIRE(guest.Call("fd_fdstat_get", 1, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint16_t>(2) == kFdflagsNonblock);
  CHECK(guest.Call("fd_fdstat_set_flags", 1, kFdflagsSync) == Errno::kNotsup);
  CHECK(guest.Call("fd_fdstat_set_flags", 1, 32) == Errno::kInval);
  // Padding is zero, and so is what is not told (FS-12).
  guest.Fill();
  REQUIRE(guest.Call("fd_filestat_get", 0, 0) == Errno::kSuccess);
  CHECK(guest.Text(0, 64) == std::string(64, '\0'));
  CHECK(guest.Get<uint8_t>(64) == Guest::kFill);
}

TEST_CASE("no descriptor is a socket") {
  Guest guest;
  const uint32_t list = guest.PutIovecs({{0, 4}});
  CHECK(guest.Call("sock_accept", 1, 0, 0) == Errno::kNotsock);
  CHECK(guest.Call("sock_recv", 1, list, 1, 0, 0, 4) == Errno::kNotsock);
  CHECK(guest.Call("sock_send", 1, list, 1, 0, 0) == Errno::kNotsock);
  CHECK(guest.Call("sock_shutdown", 1, 0) == Errno::kNotsock);
  CHECK(guest.Call("sock_shutdown", 77, 0) == Errno::kBadf);
}

TEST_CASE("lists of buffers (HST-01)") {
  WasiConfig config;
  config.output = Output::Capture();
  Guest guest(config);
  // Lists and buffers that do not lie in memory; nothing is written of those that do.
  CHECK(guest.Call("fd_write", 1, 0, -1, Guest::kResult) == Errno::kFault);
  CHECK(guest.Call("fd_write", 1, Guest::kMemory - 4, 1, Guest::kResult) == Errno::kFault);
  CHECK(guest.Call("fd_write", 1, guest.PutIovecs({{guest.Put("good"), 4}, {0, 0xffffffff}}), 2, Guest::kResult) ==
        Errno::kFault);
  CHECK(guest.Call("fd_write", 1, guest.PutIovecs({{guest.Put("good"), 4}}), 1, Guest::kMemory - 3) == Errno::kFault);
  CHECK(guest.context->TakeStdout().empty());
  // No list at all, and one of nothing but empty buffers.
  CHECK(guest.Call("fd_write", 1, 0, 0, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == 0);
  CHECK(guest.Call("fd_write", 1, guest.PutIovecs({{0, 0}}), 1, Guest::kResult) == Errno::kSuccess);
  // A call takes 1024 buffers and says so by its count.
  std::vector<std::pair<uint32_t, uint32_t>> many(1025, {guest.Put("x"), 1});
  CHECK(guest.Call("fd_write", 1, guest.PutIovecs(many), many.size(), Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == 1024);
  CHECK(guest.context->TakeStdout() == std::string(1024, 'x'));
  // Zero would be the end of the file.
  many.assign(1025, {0, 0});
  CHECK(guest.Call("fd_read", 0, guest.PutIovecs(many), many.size(), Guest::kResult) == Errno::kInval);
}

TEST_CASE("a module without a memory has no valid address") {
  Engine engine;
  Store store(engine);
  Linker linker(engine);
  AddPreview1(linker, WasiContext::Create({}).value()).value();
  const Module module = Module::Parse(engine, R"((module
    (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
    (func (export "random") (result i32) (call $random_get (i32.const 0) (i32.const 1)))
    (func (export "yield") (result i32) (call $sched_yield))))")
                            .value();
  const Instance instance = linker.Instantiate(store, module).value();
  CHECK(instance.Get<int32_t()>("random").value()().value() == static_cast<int32_t>(Errno::kFault));
  CHECK(instance.Get<int32_t()>("yield").value()().value() == 0);
}

}  // namespace
}  // namespace cvm::wasi::p1
