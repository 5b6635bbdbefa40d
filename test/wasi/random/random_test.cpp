#include "wasi/random/random.hpp"

#include <catch2/catch.hpp>

#include "wasi/random/insecure.hpp"
#include "wasi/random/insecure_seed.hpp"

namespace cvm::wasi {
namespace {

struct NoEntropy final : Entropy {
  OsResult<void> Fill(std::span<uint8_t>) override { return FsError::kIo; }
};

TEST_CASE("random: lengths, fresh values") {
  const std::unique_ptr<Entropy> system = MakeSystemEntropy();
  HostRandom random(*system);
  for (uint64_t length : {0, 1, 7, 5'000}) CHECK(random.GetRandomBytes(length).value().size() == length);
  CHECK(random.GetRandomBytes(16).value() != random.GetRandomBytes(16).value());
  CHECK(random.GetRandomU64().value() != random.GetRandomU64().value());
}

TEST_CASE("max-random-size: bytes above the limit trap before anything is allocated (HST-01)") {
  SeededEntropy entropy(1);
  HostRandom random(entropy, 100);
  CHECK(random.GetRandomBytes(100).value().size() == 100);
  for (uint64_t length : {uint64_t{101}, uint64_t{1} << 40, UINT64_MAX}) {
    CHECK(random.GetRandomBytes(length).error().kind() == ErrorKind::kTrap);
  }
  HostInsecure insecure(1);
  CHECK(kDefaultRandomLimit == 1 << 20);
  CHECK(insecure.GetInsecureRandomBytes(kDefaultRandomLimit).ok());
  CHECK(insecure.GetInsecureRandomBytes(kDefaultRandomLimit + 1).error().kind() == ErrorKind::kTrap);
  CHECK(insecure.GetInsecureRandomBytes(UINT64_MAX).error().kind() == ErrorKind::kTrap);
}

TEST_CASE("no entropy is an error, never a guess") {
  NoEntropy none;
  HostRandom random(none);
  CHECK(random.GetRandomBytes(1).error().kind() == ErrorKind::kIo);
  CHECK(random.GetRandomU64().error().kind() == ErrorKind::kIo);
}

TEST_CASE("insecure: the same seed gives the same numbers; the seed of a host is stable") {
  HostInsecure first(7);
  HostInsecure second(7);
  CHECK(first.GetInsecureRandomBytes(33).value() == second.GetInsecureRandomBytes(33).value());
  CHECK(first.GetInsecureRandomU64().value() == second.GetInsecureRandomU64().value());
  CHECK(first.GetInsecureRandomU64().value() != first.GetInsecureRandomU64().value());
  HostInsecureSeed seed(3, 4);
  CHECK(seed.InsecureSeed_().value() == std::tuple<uint64_t, uint64_t>(3, 4));
  CHECK(seed.InsecureSeed_().value() == seed.InsecureSeed_().value());
}

}  // namespace
}  // namespace cvm::wasi
