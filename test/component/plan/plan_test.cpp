// Flattening: what steps a component comes to.
#include "component/plan/plan.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "component/binary/decode.hpp"

namespace cvm::component {
namespace {

Result<std::shared_ptr<const Plan>> PlanOf(const std::string& name) {
  std::ifstream file(CVM_SOURCE_DIR "/test/component/data/run/" + name, std::ios::binary);
  auto bytes = std::make_shared<const std::vector<uint8_t>>(std::istreambuf_iterator<char>(file),
                                                            std::istreambuf_iterator<char>());
  auto decoded = DecodeComponent(bytes);
  if (!decoded.ok()) return std::move(decoded).error();
  return MakePlan(*decoded);
}

template <class T>
size_t Count(const Plan& plan) {
  size_t n = 0;
  for (const Step& step : plan.steps) n += std::holds_alternative<T>(step) ? 1 : 0;
  return n;
}

TEST_CASE("nested components and aliases leave nothing but steps") {
  const auto plan = PlanOf("wait.wasm");
  REQUIRE(plan.ok());
  CHECK((*plan)->instances.size() == 3);
  CHECK_FALSE((*plan)->instances[0].has_value());
  CHECK((*plan)->instances[1]->value == 0);
  CHECK((*plan)->instances[2]->value == 0);
  CHECK(Count<InstantiateCore>(**plan) == 2);
  CHECK(Count<LowerFunc>(**plan) == 2);
  CHECK(Count<LiftFunc>(**plan) == 2);
  // Of the imported instance only what is used has to be given.
  REQUIRE((*plan)->imports.size() == 2);
  CHECK((*plan)->imports[0].ToString() == "`test:host/clock@0.2.3` `wait`");
  CHECK((*plan)->imports[0].used);
  CHECK_FALSE((*plan)->imports[1].used);
  REQUIRE((*plan)->exports.size() == 1);
  CHECK((*plan)->exports[0].name == "run");
}

TEST_CASE("what a lowered function calls is known: an import, or a function that a step has lifted") {
  const auto plan = PlanOf("wait.wasm");
  REQUIRE(plan.ok());
  std::vector<bool> guest;
  for (const Step& step : (*plan)->steps) {
    if (const auto* lower = std::get_if<LowerFunc>(&step)) guest.push_back(lower->callee.what.index() == 0);
  }
  CHECK(guest == std::vector<bool>{false, true});
}

TEST_CASE("a component that is instantiated twice has two resource types and shares its module") {
  const auto plan = PlanOf("twice.wasm");
  REQUIRE(plan.ok());
  CHECK((*plan)->resources == 2);
  CHECK((*plan)->modules.size() == 1);
  CHECK((*plan)->instances.size() == 3);
  std::vector<uint32_t> resources;
  for (const PlanExport& instance : (*plan)->exports) {
    for (const PlanExport& e : std::get<std::vector<PlanExport>>(instance.what)) {
      const auto* func = std::get_if<PlanExport::Func>(&e.what);
      if (func == nullptr || e.name != "make") continue;
      resources.push_back(func->type->result->node().resource.value);
    }
  }
  REQUIRE(resources.size() == 2);
  CHECK(resources[0] != resources[1]);
}

TEST_CASE("imported resource types are leaves, and used where something mentions them") {
  const auto plan = PlanOf("things.wasm");
  REQUIRE(plan.ok());
  size_t resources = 0;
  for (const PlanImport& import : (*plan)->imports) {
    if (!std::holds_alternative<ResourceSlot>(import.what)) continue;
    ++resources;
    CHECK(import.used);
  }
  CHECK(resources == 1);
}

TEST_CASE("destructors are steps before the resource type that has them") {
  const auto plan = PlanOf("counter.wasm");
  REQUIRE(plan.ok());
  std::vector<bool> made((*plan)->core_slots);
  for (const Step& step : (*plan)->steps) {
    if (const auto* extract = std::get_if<ExtractCoreExport>(&step)) made[extract->result.value] = true;
    if (const auto* resource = std::get_if<DefineResource>(&step)) {
      REQUIRE(resource->destructor.has_value());
      CHECK(made[resource->destructor->value]);
    }
  }
  CHECK(Count<DefineResource>(**plan) == 2);
}

TEST_CASE("instantiations that double each time meet a limit") {
  const auto plan = PlanOf("doubling.wasm");
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().kind() == ErrorKind::kLimit);
}

}  // namespace
}  // namespace cvm::component
