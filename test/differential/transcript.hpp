// Transcripts: what came of a plan, one line a step, in the same words for every engine, so that engines agree just
// when their transcripts are the same text.
//
//   start trap memory            instantiation ended early; "start error WORDS" if it was refused
//   #0 ok i32:0000002a f64:nan   results; NaNs without their bits; references "ref:null" and "ref:some"
//   #1 trap divide               the class of a trap; "exception" for one that nobody caught
//   #2 i64:000000000000002a      a global
//   #3 65536 8 1c291ca3          a memory: bytes, bytes up to the last that is not zero, CRC-32 of these
//   #4 10 1c291ca3               a table: elements, CRC-32 of a byte each that says whether it is not null
//
// A transcript ends where a run meets a limit of the engine's own ("trap stack", "trap limit"): the rest cannot be
// compared.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cvm/vm.hpp"
#include "test/differential/plan.hpp"

namespace cvm::differential {

// For engines that run what wasm-smith makes: every proposal that the other engines have, also those that are off by
// default.
Config ComparedFeatures();

// cvm's transcript, in a store of its own. The module is one that the engine has loaded.
std::string RunPlan(const Engine& engine, const Module& module, const Module& environment, std::span<const Step> plan);

struct Comparison {
  enum class Verdict { kSame, kCutShort, kDifferent };
  Verdict verdict = Verdict::kSame;
  std::string text;  // the first line that differs, of both
};
// kCutShort: the same up to where one engine met a limit of its own.
Comparison Compare(std::string_view cvm, std::string_view other);

// The module whose exports the modules of the generator may import: memories, tables, globals and functions, and a tag
// where `with_tag`. Its functions compute no floats, so that they make no NaNs.
std::vector<uint8_t> EnvironmentModule(bool with_tag);

uint32_t Crc32(std::span<const uint8_t> bytes);

}  // namespace cvm::differential
