// Campaigns: modules from consecutive seeds through cvm and another engine. What differs is saved with its seed. A
// campaign runs in child processes, so that a crash of either side costs one module and is a finding; its state lies in
// memory that parent and children share, and in a file from which a later campaign goes on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cvm::differential {

// kTwin: cvm itself with the other kind of dispatch (test/fuzz/twin.hpp).
enum class Against { kWasmi, kWheel, kValidator, kTwin };

struct Campaign {
  Against against = Against::kWasmi;
  uint64_t seed_from = 0;
  uint64_t count = 1000;
  int jobs = 1;
  std::string out = "differential";  // folder for findings and the state
  std::string python;                // with the wheel
  std::string worker;                // wheel_worker.py
  bool resume = false;
};

// Counts of modules, of one job or all.
struct Totals {
  uint64_t next = 0;  // seed
  uint64_t end = 0;
  uint64_t executed = 0;  // compared to the end; of kValidator: verdicts compared
  uint64_t calls = 0;
  uint64_t cut_short = 0;      // compared up to a limit of an engine
  uint64_t not_made = 0;       // the generator made none, or the other engine refused it by a limit of its own
  uint64_t rejected = 0;       // of kValidator: by both
  uint64_t oracle_failed = 0;  // the other engine panicked, its own fault; saved, but no finding
  uint64_t overruled = 0;      // the other engine is alone: the wheel gives cvm's transcript; saved, but no finding
  uint64_t different = 0;
  uint64_t crashed = 0;
};

// Runs it to its end and prints the totals. The number of findings.
uint64_t RunCampaign(const Campaign& campaign);
// One seed, with everything printed.
void ShowSeed(const Campaign& campaign, uint64_t seed);
// Writes the modules of up to `most_bytes` to campaign.out, and runs none: seeds for the fuzz targets.
void SaveModules(const Campaign& campaign, size_t most_bytes);

}  // namespace cvm::differential
