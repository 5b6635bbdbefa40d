// The command line of cvm-run: where options end, groups, numbers, directories; and the program itself on bad usage.
#include "tools/run/options.hpp"

#include <catch2/catch.hpp>

#include "tools/run/core_values.hpp"
#include "tools/run/input.hpp"
#include "tools/run/report.hpp"
#include "tools/run/settings.hpp"
#include "tools/run/wasi_options.hpp"

namespace cvm::run {
namespace {

constexpr OptionSpec kSpecs[] = {
    {"dir", 0, "HOST", "a directory"},
    {"wasm", 'W', "KEY", "a group"},
    {"help", 'h', "", "help"},
};
constexpr SettingSpec kKeys[] = {
    {"simd", SettingType::kSwitch, "vectors"},
    {"fuel", SettingType::kNumber, "steps"},
    {"name", SettingType::kText, "text"},
};

Result<CommandLine> Parse(std::vector<std::string> words) { return ParseCommandLine(kSpecs, words); }

std::string UsageOf(const auto& result) {
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind() == ErrorKind::kUsage);
  return result.error().message();
}

TEST_CASE("options end at the first operand") {
  const Result<CommandLine> line = Parse({"--dir", "a", "--dir=b=c", "app.wasm", "--dir", "x", "-h", "--"});
  REQUIRE(line.ok());
  CHECK(line->All("dir") == std::vector<std::string>{"a", "b=c"});
  CHECK(line->Last("dir") == "b=c");
  CHECK_FALSE(line->Has("help"));
  CHECK(line->operands == std::vector<std::string>{"app.wasm", "--dir", "x", "-h", "--"});
}

TEST_CASE("a dash is an operand, two dashes end the options") {
  CHECK(Parse({"-", "x"})->operands == std::vector<std::string>{"-", "x"});
  CHECK(Parse({"-h", "--", "--dir"})->operands == std::vector<std::string>{"--dir"});
  CHECK(Parse({""})->operands == std::vector<std::string>{""});
  CHECK(Parse({})->operands.empty());
}

TEST_CASE("values of letters") {
  const Result<CommandLine> line = Parse({"-W", "a", "-Wb", "-W=c", "--wasm=d", "--wasm="});
  REQUIRE(line.ok());
  CHECK(line->All("wasm") == std::vector<std::string>{"a", "b", "c", "d", ""});
}

TEST_CASE("wrong options are named") {
  CHECK(UsageOf(Parse({"--bogus"})) == "unknown option `--bogus`");
  CHECK(UsageOf(Parse({"-x"})) == "unknown option `-x`");
  CHECK(UsageOf(Parse({"--dir"})) == "the option `--dir` needs a value");
  CHECK(UsageOf(Parse({"--help=yes"})) == "the option `--help` takes no value");
  CHECK(UsageOf(Parse({"-hW"})) == "the option `-hW` takes no value");
}

TEST_CASE("settings of a group") {
  const auto settings = ParseSettings("-W", kKeys, "simd,fuel=0x10,simd=no,name=k=v,fuel=7");
  REQUIRE(settings.ok());
  REQUIRE(settings->size() == 5);
  CHECK((*settings)[0].on);
  CHECK((*settings)[1].number == 16);
  CHECK_FALSE((*settings)[2].on);
  CHECK((*settings)[3].text == "k=v");
  CHECK((*settings)[4].number == 7);
}

TEST_CASE("wrong settings are named") {
  CHECK(UsageOf(ParseSettings("-W", kKeys, "mist=y")) == "unknown key `mist` of -W (see -W help)");
  CHECK(UsageOf(ParseSettings("-W", kKeys, "simd,")) == "unknown key `` of -W (see -W help)");
  CHECK(UsageOf(ParseSettings("-W", kKeys, "simd=maybe")) == "`-W simd` takes y or n, not `maybe`");
  CHECK(UsageOf(ParseSettings("-W", kKeys, "fuel")) == "`-W fuel` needs a value");
  CHECK(UsageOf(ParseSettings("-W", kKeys, "fuel=-1")) == "`-W fuel` takes a number, not `-1`");
  CHECK(UsageOf(ParseSettings("-W", kKeys, "fuel=18446744073709551616")) ==
        "`-W fuel` takes a number, not `18446744073709551616`");
}

TEST_CASE("numbers") {
  CHECK(ParseNumber("0") == 0u);
  CHECK(ParseNumber("0xfF") == 255u);
  CHECK(ParseNumber("18446744073709551615") == UINT64_MAX);
  for (const char* wrong : {"", "0x", "+1", " 1", "1 ", "1k", "0x1g"}) CHECK_FALSE(ParseNumber(wrong).has_value());
}

TEST_CASE("every feature and limit of the engine is a setting, with a line of help") {
  Config config;
  size_t switches = 0;
  for (const SettingSpec& spec : EngineSettings()) {
    if (spec.type != SettingType::kSwitch) continue;
    INFO(spec.key);
    ++switches;
    CHECK(config.SetFeature(spec.key, true).ok());
    CHECK(spec.help.find(" (o") > 0);
    CHECK(spec.help.find(" (o") != std::string_view::npos);
  }
  CHECK(switches == Config::FeatureList().size() - 1);  // all but "mvp", which cannot be switched
  const size_t engine = switches + 1 + Config::LimitList().size();
  CHECK(EngineSettings().size() == engine);
  CHECK(WasmSettings().size() ==
        engine + StoreOptions::LimitList().size() + ComponentLimits::LimitList().size() + MeteringSettings().size());
}

TEST_CASE("what is on by default is of the standard, or has come far, or is shipped") {
  for (const Config::FeatureInfo& feature : Config::FeatureList()) {
    INFO(feature.key);
    const bool young =
        feature.key == "custom-page-sizes" || feature.key == "wide-arithmetic" || feature.key == "custom-descriptors";
    CHECK(feature.on == !young);
  }
}

TEST_CASE("limits of loading reach the engine, in the order given") {
  const auto loads = [](std::vector<std::string> values) {
    CommandLine line;
    for (std::string& value : values) line.options.push_back({&kSpecs[1], std::move(value)});
    Config config;
    REQUIRE(ApplyEngineSettings(line, &config).ok());
    return Module::Parse(Engine::Create(config).value(), "(memory 0) (memory 0)").ok();
  };
  CHECK(loads({}));
  CHECK_FALSE(loads({"max-memories-per-module=1"}));
  CHECK(loads({"max-memories-per-module=1,max-memories-per-module=2"}));
  CHECK_FALSE(loads({"limits=strict"}));
  CHECK(loads({"limits=strict", "max-memories-per-module=2"}));
  CHECK_FALSE(loads({"max-memories-per-module=2", "limits=strict"}));
  CHECK(loads({"limits=strict,limits=default"}));
  CommandLine wrong;
  wrong.options.push_back({&kSpecs[1], "limits=lax"});
  Config config;
  CHECK(UsageOf(ApplyEngineSettings(wrong, &config)) == "`-W limits` is strict or default, not `lax`");
}

TEST_CASE("limits reach the store") {
  CommandLine line;
  line.options.push_back({&kSpecs[1], "max-memory-size=65536,max-instances=3,max-wasm-stack=0x1000"});
  line.options.push_back({&kSpecs[1], "max-tables=99999999999,max-handles=7"});
  Config config;
  RunLimits limits;
  REQUIRE(ApplyWasmSettings(line, &config, &limits).ok());
  CHECK(limits.store.max_memory_bytes == 65536);
  CHECK(limits.store.max_instances == 3);
  CHECK(limits.store.max_wasm_stack_bytes == 4096);
  CHECK(limits.store.max_tables == 99'999'999'999);
  CHECK(limits.components.max_handles == 7);
  CHECK(UsageOf(ApplyEngineSettings(line, &config)) == "unknown key `max-memory-size` of -W (see -W help)");
  CommandLine wrong;
  wrong.options.push_back({&kSpecs[1], "max-handles=0x10000000"});
  CHECK(UsageOf(ApplyWasmSettings(wrong, &config, &limits)) == "max-handles can be at most 268435455");
}

TEST_CASE("directories") {
  CHECK(ParseDir("a/b")->guest_path == "a/b");
  CHECK(ParseDir("a::/data")->guest_path == "/data");
  CHECK(ParseDir("a::/data::ro")->access == wasi::Access::kReadOnly);
  CHECK(ParseDir("a::b::rw")->access == wasi::Access::kReadWrite);
  for (const char* wrong : {"", "::x", "a::", "a::b::", "a::b::r", "a::b::ro::c"}) {
    INFO(wrong);
    CHECK(UsageOf(ParseDir(wrong)).starts_with("--dir takes HOST[::GUEST[::ro|rw]]"));
  }
}

TEST_CASE("a guest's arguments and environment") {
  constexpr OptionSpec kRun[] = {
      {"env", 0, "N", ""}, {"argv0", 0, "N", ""}, {"wasi", 'S', "K", ""}, {"invoke", 0, "N", ""}};
  const auto make = [&](std::vector<std::string> words) {
    const Result<CommandLine> line = ParseCommandLine(kRun, words);
    return MakeWasiConfig(*line, line->operands.front());
  };
  const auto config = make({"--env", "A=1", "--env", "B=x=y", "--env", "A=2", "--env", "CVM_TEST_IS_NOT_SET", "-S",
                            "random-seed=5,max-resources=9", "dir/app.wasm", "--env", "z"});
  REQUIRE(config.ok());
  CHECK(config->args == std::vector<std::string>{"app.wasm", "--env", "z"});
  CHECK(config->env == std::vector<std::pair<std::string, std::string>>{{"A", "2"}, {"B", "x=y"}});
  CHECK(config->random_seed == 5u);
  CHECK(config->limits.max_descriptors == 9);
  CHECK(make({"--argv0", "me", "app.wasm"})->args == std::vector<std::string>{"me"});
  CHECK(make({"--invoke", "f", "app.wasm", "1"})->args == std::vector<std::string>{"app.wasm"});
}

TEST_CASE("arguments of a core function") {
  const FuncSignature type{{Kind::kI32, Kind::kI64, Kind::kF32, Kind::kF64}, {}};
  const auto parse = [&](std::vector<std::string> words) { return ParseArguments(type, words); };
  const auto values = parse({"-1", "0xffffffffffffffff", "0.5", "-inf"});
  REQUIRE(values.ok());
  CHECK((*values)[0].i32() == -1);
  CHECK((*values)[1].i64() == -1);
  CHECK((*values)[2].f32() == 0.5f);
  CHECK((*values)[3].f64() == -std::numeric_limits<double>::infinity());
  CHECK((*parse({"4294967295", "-0x8000000000000000", "nan", "0x1p3"}))[0].i32() == -1);
  CHECK(UsageOf(parse({"1", "2", "3"})).find("it takes 4 arguments, not 3") != std::string::npos);
  CHECK(UsageOf(parse({"4294967296", "0", "0", "0"})) == "argument 1, `4294967296`, is no i32");
  CHECK(UsageOf(parse({"-2147483649", "0", "0", "0"})) == "argument 1, `-2147483649`, is no i32");
  CHECK(UsageOf(parse({"0", "0", "x", "0"})) == "argument 3, `x`, is no f32");
}

TEST_CASE("what a file holds") {
  using namespace std::string_view_literals;
  CHECK(DetectKind("\0asm\1\0\0\0"sv) == InputKind::kCoreBinary);
  CHECK(DetectKind("\0asm\x0d\0\1\0"sv) == InputKind::kComponentBinary);
  CHECK(DetectKind("\0asm"sv) == InputKind::kCoreBinary);
  CHECK(DetectKind("(module)") == InputKind::kCoreText);
  CHECK(DetectKind(" ;; a\n(; b ;) ( component )") == InputKind::kComponentText);
  CHECK(DetectKind("") == InputKind::kCoreText);
  CHECK(DetectKind(";; no end") == InputKind::kCoreText);
  CHECK(DetectKind("(; no end") == InputKind::kCoreText);
}

TEST_CASE("the layout of errors") {
  Error error(ErrorKind::kTrap, "integer divide by zero");
  error.In("failed to invoke `f`").In("failed to run main module `a.wasm`").WithBacktrace({"f", "_start"});
  CHECK(FormatError(error) ==
        "Error: failed to run main module `a.wasm`\n\nCaused by:\n    0: failed to invoke `f`\n"
        "    1: integer divide by zero\n\nwasm backtrace:\n    0: f\n    1: _start\n");
  CHECK(FormatError(Error(ErrorKind::kMalformed, "unexpected end").AtOffset(26)) ==
        "Error: unexpected end (at offset 0x1a)\n");
  CHECK(FormatError(Error(ErrorKind::kMalformed, "unexpected token").AtLine(3, 4)) ==
        "Error: unexpected token (at line 3, column 4)\n");
}

}  // namespace
}  // namespace cvm::run
