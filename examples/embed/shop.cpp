// Embedding components with typed bindings: cvm-bindgen makes C++ of shop.wit, this program implements the interface
// that the component imports, and calls what it exports. CMakeLists.txt says how the header comes to be.
#include <cvm/bind_linker.hpp>
#include <cvm/component.hpp>

#include <cstdio>
#include <string>
#include <vector>

#include "gen/demo/shop/rates.hpp"

namespace {

namespace rates = demo::shop::rates;

// A resource is a class; the guest owns it by a handle.
class HostLedger final : public rates::Ledger {
 public:
  explicit HostLedger(std::string_view owner) : owner_(owner) {}
  ~HostLedger() override { std::printf("ledger of %s: closed with %g\n", owner_.c_str(), total_); }

  cvm::Result<void> Add(const rates::Price& price) override {
    total_ += price.amount;
    return {};
  }
  cvm::Result<double> Total() override { return total_; }

 private:
  std::string owner_;
  double total_ = 0;
};

// The outer Result is for what ends the guest, WitResult is what the guest sees.
class HostRates final : public demo::shop::Rates {
 public:
  cvm::Result<cvm::WitResult<rates::Price, std::string>> Convert(const rates::Price& price,
                                                                 rates::Currency to) override {
    if (price.amount < 0) return cvm::Err(std::string("a negative price"));
    const double rate = price.currency == to ? 1.0 : to == rates::Currency::kEuro ? 0.5 : 2.0;
    return cvm::Ok(rates::Price{price.amount * rate, to});
  }
  cvm::Result<cvm::Own<rates::Ledger>> NewLedger(std::string_view owner) override {
    return cvm::Own<rates::Ledger>(cvm::MakeOwn<HostLedger>(owner));
  }
};

cvm::Result<void> Run(const char* path) {
  const cvm::Engine engine;
  const cvm::Result<cvm::Component> component = cvm::Component::LoadFile(engine, path);
  if (!component.ok()) return component.error();

  HostRates rates;
  cvm::ComponentLinker linker(engine);
  cvm::BindLinker typed(linker);
  if (cvm::Result<void> added = demo::shop::Rates::AddTo(typed, rates); !added.ok()) return added;

  cvm::Store store(engine);
  const cvm::Result<cvm::ComponentInstance> instance = linker.Instantiate(store, *component);
  if (!instance.ok()) return instance.error();
  const cvm::Result<cvm::ComponentFunc> checkout = instance->GetFunc("checkout");
  if (!checkout.ok()) return checkout.error();
  for (const std::vector<double>& amounts : {std::vector<double>{10, 20, 2.5}, std::vector<double>{1, -1}}) {
    const auto results = checkout->Call({cvm::ToValue(amounts)});
    if (!results.ok()) return results.error();
    const auto sum = cvm::FromValue<cvm::WitResult<double, std::string>>(results->front());
    if (!sum.ok()) return sum.error();
    if (sum->ok()) {
      std::printf("sum: %g euros\n", sum->value());
    } else {
      std::printf("error: %s\n", sum->error().c_str());
    }
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const cvm::Result<void> done = Run(argc > 1 ? argv[1] : "shop.wasm");
  if (done.ok()) return 0;
  std::fprintf(stderr, "%s\n", done.error().ToString().c_str());
  return 1;
}
