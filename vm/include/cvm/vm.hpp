// The umbrella header of the core engine: #include <cvm/vm.hpp>.
//
//     cvm::Engine engine;
//     cvm::Store store(engine);
//     cvm::Module module = cvm::Module::LoadFile(engine, "add.wasm").value();
//     cvm::Linker linker(engine);
//     linker.Define("env", "log", [](int32_t x) { std::printf("%d\n", x); });
//     cvm::Instance instance = linker.Instantiate(store, module).value();
//     int32_t sum = instance.Get<int32_t(int32_t, int32_t)>("add").value()(1, 2).value();
#pragma once

#include "cvm/engine.hpp"
#include "cvm/func.hpp"
#include "cvm/linker.hpp"
#include "cvm/module.hpp"
#include "cvm/result.hpp"
#include "cvm/rooted.hpp"
#include "cvm/shared_memory.hpp"
#include "cvm/store.hpp"
#include "cvm/text.hpp"
#include "cvm/trap.hpp"
#include "cvm/value.hpp"
