// Edge values: where integer widths, float formats and conversions between them end.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "test/vm/semantics/harness.hpp"

namespace cvm::semantics_test {
namespace {

// Around powers of two, small counts, bit patterns; of each value its negation too.
std::vector<uint64_t> IntegerEdges(int bits) {
  std::vector<uint64_t> edges = {0x5555555555555555, 0x0123456789abcdef, 0x00ff00ff00ff00ff, 0x8000000080000000,
                                 0x7f80017f807f8001, 0x8181818181818181, 0x3333333333333333, 10};
  for (int i = 0; i < bits; ++i) {
    const uint64_t power = uint64_t{1} << i;
    if (i < 8 || i % 8 == 0 || i % 8 == 7) edges.insert(edges.end(), {power - 1, power, power + 1});
  }
  const size_t positive = edges.size();
  for (size_t i = 0; i < positive; ++i) edges.push_back(0 - edges[i]);
  for (uint64_t& edge : edges) edge &= bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

// Both signs of: zeros, subnormals, ties, the neighbours of every integer limit, infinities, NaNs of all kinds.
template <class F>
std::vector<F> FloatEdges() {
  using Limits = std::numeric_limits<F>;
  using Bits = std::conditional_t<sizeof(F) == 4, uint32_t, uint64_t>;
  const Bits infinity = std::bit_cast<Bits>(Limits::infinity());
  const Bits quiet = Bits{1} << (Limits::digits - 2);
  std::vector<F> edges = {0,
                          Limits::denorm_min(),
                          std::nextafter(Limits::min(), F{0}),
                          Limits::min(),
                          F{0.1},
                          F{1.5},
                          F{2.5},
                          F{3.5},
                          F{4.75},
                          F{100.25},
                          F{65504},
                          Limits::max(),
                          Limits::infinity()};
  const F integral = 1 / Limits::epsilon();
  for (F limit : {F{0.5}, F{1}, F{2}, F{128}, F{256}, F{32768}, F{65536}, integral / 2, integral, integral * 2,
                  F{0x1p31}, F{0x1p32}, F{0x1p63}, F{0x1p64}, F{0x1p-126}, F{0x1p-149}, F{0x1p127}}) {
    edges.insert(edges.end(), {std::nextafter(limit, F{0}), limit, std::nextafter(limit, Limits::infinity()), limit - 1,
                               limit + 1, limit - F{0.5}, limit + F{0.5}, limit + F{1.5}});
  }
  const size_t positive = edges.size();
  for (size_t i = 0; i < positive; ++i) edges.push_back(-edges[i]);
  for (Bits sign : {Bits{0}, Bits{1} << (sizeof(F) * 8 - 1)}) {
    for (Bits payload : {quiet, quiet | 1, quiet | quiet >> 1, Bits{1}, quiet >> 1, static_cast<Bits>(quiet - 1)}) {
      edges.push_back(std::bit_cast<F>(static_cast<Bits>(sign | infinity | payload)));
    }
  }
  return edges;
}

template <class T>
std::vector<Value> ToValues(const std::vector<T>& numbers) {
  std::vector<Value> values;
  for (T number : numbers) values.push_back(Value::Of(number));
  return values;
}

// All pairs of `edges`, packed into vectors of lanes.
void AddPairs(const std::vector<Value>& edges, int bits, std::vector<std::array<Value, 2>>& pairs) {
  const int lanes = 128 / bits;
  int lane = 0;
  for (const Value& a : edges) {
    for (const Value& b : edges) {
      if (lane == 0) pairs.emplace_back();
      pairs.back()[0].SetLane(bits, lane, a.Lane(bits, 0));
      pairs.back()[1].SetLane(bits, lane, b.Lane(bits, 0));
      lane = (lane + 1) % lanes;
    }
  }
}

std::vector<Value> AllBytes() {
  std::vector<Value> values;
  for (int i = 0; i < 256; ++i) values.push_back(Value::Of(static_cast<uint8_t>(i)));
  return values;
}

}  // namespace

const std::vector<Value>& Edges(char letter) {
  static const auto* const kI32 = new std::vector<Value>(ToValues(IntegerEdges(32)));
  static const auto* const kI64 = new std::vector<Value>(ToValues(IntegerEdges(64)));
  static const auto* const kF32 = new std::vector<Value>(ToValues(FloatEdges<float>()));
  static const auto* const kF64 = new std::vector<Value>(ToValues(FloatEdges<double>()));
  switch (letter) {
    case 'i':
      return *kI32;
    case 'l':
      return *kI64;
    case 'f':
      return *kF32;
    default:
      return *kF64;
  }
}

const std::vector<std::array<Value, 2>>& VectorPairs() {
  static const auto* const kPairs = [] {
    auto* pairs = new std::vector<std::array<Value, 2>>;
    AddPairs(AllBytes(), 8, *pairs);
    AddPairs(ToValues(IntegerEdges(16)), 16, *pairs);
    AddPairs(Edges('i'), 32, *pairs);
    AddPairs(Edges('l'), 64, *pairs);
    AddPairs(Edges('f'), 32, *pairs);
    AddPairs(Edges('d'), 64, *pairs);
    Random random;
    for (int i = 0; i < 4000; ++i) {
      auto& pair = pairs->emplace_back();
      for (Value& value : pair) {
        value.SetLane(64, 0, random.Next());
        value.SetLane(64, 1, random.Next());
      }
    }
    return pairs;
  }();
  return *kPairs;
}

}  // namespace cvm::semantics_test
