#include "test/differential/campaign.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "test/differential/oracle.hpp"
#include "test/differential/transcript.hpp"
#include "test/differential/verdict.hpp"
#include "test/differential/wheel.hpp"
#include "test/fuzz/twin.hpp"
#include "vm/engine/api_impl.hpp"

namespace cvm::differential {
namespace {

namespace fs = std::filesystem;

constexpr int kCallsOfAnExport = 3;
constexpr time_t kPatienceSeconds = 60;  // of processor time, for one module
constexpr int kModulesOfAnEngine = 64;   // then a new one: an engine keeps the types of all its modules
constexpr int kVariantsOfAModule = 12;   // of kValidator

std::vector<uint8_t> SeedBytes(uint64_t seed) {
  std::vector<uint8_t> bytes(8);
  std::memcpy(bytes.data(), &seed, 8);
  return bytes;
}

// What was found out about one seed.
struct Finding {
  std::string text;
  std::vector<uint8_t> module;
};

const char* Name(Against against) {
  static constexpr const char* kNames[] = {"wasmi", "wheel", "validator", "twin"};
  return kNames[static_cast<size_t>(against)];
}

void Save(const Campaign& campaign, uint64_t seed, const Finding& finding) {
  const fs::path base = fs::path(campaign.out) / (std::string(Name(campaign.against)) + "-" + std::to_string(seed));
  std::ofstream(base.string() + ".wasm", std::ios::binary)
      .write(reinterpret_cast<const char*>(finding.module.data()), static_cast<std::streamsize>(finding.module.size()));
  std::ofstream(base.string() + ".txt") << "seed " << seed << "\n" << finding.text;
  std::printf("seed %llu: %s", static_cast<unsigned long long>(seed),
              finding.text.substr(0, finding.text.find("#0")).c_str());
  std::fflush(stdout);
}

class Worker {
 public:
  Worker(const Campaign& campaign, Totals* totals)
      : campaign_(campaign),
        totals_(*totals),
        environment_(EnvironmentModule(/*with_tag=*/campaign.against != Against::kWasmi)) {
    if (campaign.against == Against::kWheel) {
      wheel_ = std::make_unique<Wheel>(campaign.python, campaign.worker, environment_);
    }
  }

  // Compares the seed's module; what differs.
  std::optional<Finding> RunSeed(uint64_t seed, bool show) {
    if (campaign_.against == Against::kValidator) return Validate(seed);
    const Answer generated = Generate(seed);
    if (show && !generated.ok()) std::printf("not made: %s\n", generated.text().c_str());
    if (!generated.ok()) return ++totals_.not_made, std::nullopt;
    return Execute(seed, generated.bytes, show);
  }

  Answer Generate(uint64_t seed) const {
    switch (campaign_.against) {
      case Against::kWasmi:
        return GenerateModule(SeedBytes(seed), environment_, 0);
      case Against::kTwin:
      case Against::kWheel:
        return GenerateModule(SeedBytes(seed), environment_, kFullWasm3);
      case Against::kValidator:
        break;
    }
    const uint32_t options = kFullWasm3 | kProposals | (seed % 4 != 0 ? uint32_t{kInvalidBodies} : 0);
    return GenerateModule(SeedBytes(seed), {}, options);
  }

 private:
  // An engine in one of several states of mind.
  void RenewEngine(uint64_t seed) {
    if (engine_age_++ % kModulesOfAnEngine != 0) return;
    Config config = ComparedFeatures();
    config.GuardPages(seed / kModulesOfAnEngine % 4 != 0);
    engine_ = std::make_unique<Engine>(*Engine::Create(config));
    engine_environment_ = std::make_unique<Module>(*Module::Load(*engine_, environment_));
  }

  std::optional<Finding> Execute(uint64_t seed, const std::vector<uint8_t>& bytes, bool show) {
    RenewEngine(seed);
    const Result<Module> module = Module::Load(*engine_, bytes);
    if (!module.ok()) return Finding{"cvm refuses the module: " + module.error().ToString() + "\n", bytes};
    const std::vector<Step> plan = MakePlan(*module->impl()->compiled->module,
                                            *engine_environment_->impl()->compiled->module, seed, kCallsOfAnExport);
    const std::vector<uint8_t> encoded = Encode(plan);
    const std::string own = RunPlan(*engine_, *module, *engine_environment_, plan);
    const std::optional<std::string> other = AskOther(seed, bytes, encoded);
    if (show) std::printf("%scvm:\n%sother:\n%s", Describe(plan).c_str(), own.c_str(), other.value_or("died").c_str());
    if (!other.has_value()) return Finding{"the other engine died or hung\n", bytes};
    if (other->starts_with("panic: ")) {
      ++totals_.oracle_failed;
      Save(campaign_, seed, {*other, bytes});
      return std::nullopt;
    }
    if (other->starts_with("refused")) return Finding{"the other engine refuses the module: " + *other + "\n", bytes};
    const Comparison comparison = Compare(own, *other);
    for (const Step& step : plan) totals_.calls += step.kind == StepKind::kCall;
    ++(comparison.verdict == Comparison::Verdict::kCutShort ? totals_.cut_short : totals_.executed);
    if (comparison.verdict != Comparison::Verdict::kDifferent) return std::nullopt;
    Finding finding{comparison.text + Describe(plan), bytes};
    if (!IsOverruled(own, bytes, encoded)) return finding;
    ++totals_.overruled;
    Save(campaign_, seed, finding);
    return std::nullopt;
  }

  std::optional<std::string> AskOther(uint64_t seed, const std::vector<uint8_t>& module,
                                      const std::vector<uint8_t>& plan) {
    if (campaign_.against == Against::kTwin) return AskTwin(seed, module);
    if (campaign_.against == Against::kWheel) return wheel_->Run(module, plan);
    const Answer answer = RunByOracle(module, environment_, plan);
    if (answer.status == Answer::Status::kPanic) return "panic: " + answer.text() + "\n";
    return answer.ok() ? answer.text() : "refused " + answer.text();
  }

  // The twin makes the same plan of the same seed.
  std::string AskTwin(uint64_t seed, const std::vector<uint8_t>& module) {
    std::string text;
#ifdef CVM_WITH_TWIN
    const auto take = [](void* into, const char* data, size_t size) {
      static_cast<std::string*>(into)->assign(data, size);
    };
    cvm_twin_run(module.data(), module.size(), environment_.data(), environment_.size(), seed, kCallsOfAnExport, take,
                 &text);
#else
    static_cast<void>(seed), static_cast<void>(module);
    text = "refused: there is no twin in this build";
#endif
    return text;
  }

  // Where wasmi differs, wasmtime is asked: an engine that is alone with its transcript is wrong.
  bool IsOverruled(const std::string& own, const std::vector<uint8_t>& module, const std::vector<uint8_t>& plan) {
    if (campaign_.against != Against::kWasmi || access(campaign_.python.c_str(), X_OK) != 0) return false;
    if (wheel_ == nullptr) wheel_ = std::make_unique<Wheel>(campaign_.python, campaign_.worker, environment_);
    const std::optional<std::string> third = wheel_->Run(module, plan);
    return third.has_value() && Compare(own, *third).verdict == Comparison::Verdict::kSame;
  }

  std::optional<Finding> Validate(uint64_t seed) {
    const Answer generated = Generate(seed);
    if (!generated.ok()) return ++totals_.not_made, std::nullopt;
    const Features features = CommonFeatures(seed % 2 == 0);
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    for (int i = 0; i < kVariantsOfAModule; ++i) {
      std::vector<uint8_t> bytes = generated.bytes;
      for (int change = 0; change < i % 4 && bytes.size() > 8; ++change) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        // Past the magic number and the version.
        bytes[8 + (state >> 33) % (bytes.size() - 8)] = static_cast<uint8_t>(state >> 25);
      }
      const Verdicts verdicts = CompareVerdicts(bytes, features);
      ++(verdicts.agreement == Agreement::kLimit ? totals_.cut_short : totals_.executed);
      totals_.rejected += verdicts.agreement == Agreement::kBothReject;
      if (verdicts.agreement == Agreement::kDisagree) return Finding{verdicts.text, bytes};
    }
    return std::nullopt;
  }

  const Campaign& campaign_;
  Totals& totals_;
  const std::vector<uint8_t> environment_;
  std::unique_ptr<Wheel> wheel_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Module> engine_environment_;
  int engine_age_ = 0;
};

[[noreturn]] void RunJob(const Campaign& campaign, Totals* totals) {
  // The heart of a library gone wild must not take the machine with it.
  const rlimit address_space{uint64_t{1} << 40, uint64_t{1} << 40};
  setrlimit(RLIMIT_AS, &address_space);
  const itimerval patience{{}, {kPatienceSeconds, 0}};
  Worker worker(campaign, totals);
  for (; totals->next < totals->end; ++totals->next) {
    setitimer(ITIMER_VIRTUAL, &patience, nullptr);
    if (const auto finding = worker.RunSeed(totals->next, /*show=*/false)) {
      ++totals->different;
      Save(campaign, totals->next, *finding);
    }
  }
  std::fflush(stdout);
  _exit(0);
}

pid_t StartJob(const Campaign& campaign, Totals* totals) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) RunJob(campaign, totals);
  return child;
}

// --- the state file: a line a job

fs::path StateFile(const Campaign& campaign) {
  return fs::path(campaign.out) / (std::string(Name(campaign.against)) + ".state");
}

void WriteState(const Campaign& campaign, const Totals* jobs) {
  const fs::path file = StateFile(campaign);
  std::ofstream out(file.string() + ".new");
  for (int i = 0; i < campaign.jobs; ++i) {
    const Totals& t = jobs[i];
    out << t.next << ' ' << t.end << ' ' << t.executed << ' ' << t.calls << ' ' << t.cut_short << ' ' << t.not_made
        << ' ' << t.rejected << ' ' << t.oracle_failed << ' ' << t.overruled << ' ' << t.different << ' ' << t.crashed
        << '\n';
  }
  out.close();
  std::error_code ignored;
  fs::rename(file.string() + ".new", file, ignored);
}

bool ReadState(const Campaign& campaign, Totals* jobs) {
  std::ifstream in(StateFile(campaign));
  for (int i = 0; i < campaign.jobs; ++i) {
    Totals& t = jobs[i];
    in >> t.next >> t.end >> t.executed >> t.calls >> t.cut_short >> t.not_made >> t.rejected >> t.oracle_failed >>
        t.overruled >> t.different >> t.crashed;
  }
  return static_cast<bool>(in);
}

void Divide(const Campaign& campaign, Totals* jobs) {
  const uint64_t each = (campaign.count + campaign.jobs - 1) / campaign.jobs;
  for (int i = 0; i < campaign.jobs; ++i) {
    jobs[i] = {};
    jobs[i].next = campaign.seed_from + std::min(campaign.count, each * i);
    jobs[i].end = campaign.seed_from + std::min(campaign.count, each * (i + 1));
  }
}

Totals Sum(const Totals* jobs, int count) {
  Totals sum;
  for (int i = 0; i < count; ++i) {
    sum.executed += jobs[i].executed, sum.calls += jobs[i].calls, sum.cut_short += jobs[i].cut_short;
    sum.not_made += jobs[i].not_made, sum.rejected += jobs[i].rejected, sum.oracle_failed += jobs[i].oracle_failed;
    sum.overruled += jobs[i].overruled;
    sum.different += jobs[i].different, sum.crashed += jobs[i].crashed;
  }
  return sum;
}

void Report(const Campaign& campaign, const Totals& sum, double seconds) {
  using U = unsigned long long;
  std::printf(
      "%s: %llu modules compared, %llu calls, %llu cut short by a limit, %llu not made, %llu rejected by both; "
      "%llu panics of the other, %llu overruled by the wheel; %llu different, %llu crashed; %.0f s\n",
      Name(campaign.against), static_cast<U>(sum.executed), static_cast<U>(sum.calls), static_cast<U>(sum.cut_short),
      static_cast<U>(sum.not_made), static_cast<U>(sum.rejected), static_cast<U>(sum.oracle_failed),
      static_cast<U>(sum.overruled), static_cast<U>(sum.different), static_cast<U>(sum.crashed), seconds);
  std::fflush(stdout);
}

// A child that did not end by itself: the module it was at is a finding.
void NoteCrash(const Campaign& campaign, Totals* job, int status) {
  ++job->crashed;
  Totals scratch;
  const Answer module = Worker(campaign, &scratch).Generate(job->next);
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  Save(campaign, job->next, {"the process ended with signal " + std::to_string(signal) + "\n", module.bytes});
  ++job->next;
}

}  // namespace

uint64_t RunCampaign(const Campaign& campaign) {
  const auto began = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  fs::create_directories(campaign.out);
  void* shared =
      mmap(nullptr, sizeof(Totals) * campaign.jobs, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  auto* jobs = static_cast<Totals*>(shared);
  if (!campaign.resume || !ReadState(campaign, jobs)) Divide(campaign, jobs);
  std::vector<pid_t> children;
  for (int i = 0; i < campaign.jobs; ++i) children.push_back(StartJob(campaign, &jobs[i]));
  double reported = 0;
  for (int running = campaign.jobs; running > 0;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended == 0) {
      usleep(50'000);
      if (seconds() - reported > 60) {
        reported = seconds();
        Report(campaign, Sum(jobs, campaign.jobs), reported);
        WriteState(campaign, jobs);
      }
      continue;
    }
    const int job = static_cast<int>(std::find(children.begin(), children.end(), ended) - children.begin());
    if (job == campaign.jobs) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
      --running;
    } else {
      NoteCrash(campaign, &jobs[job], status);
      children[job] = StartJob(campaign, &jobs[job]);
    }
  }
  WriteState(campaign, jobs);
  const Totals sum = Sum(jobs, campaign.jobs);
  Report(campaign, sum, seconds());
  munmap(shared, sizeof(Totals) * campaign.jobs);
  return sum.different + sum.crashed;
}

void SaveModules(const Campaign& campaign, size_t most_bytes) {
  Totals totals;
  const Worker worker(campaign, &totals);
  fs::create_directories(campaign.out);
  for (uint64_t seed = campaign.seed_from; seed < campaign.seed_from + campaign.count; ++seed) {
    const Answer module = worker.Generate(seed);
    if (!module.ok() || module.bytes.size() > most_bytes) continue;
    std::ofstream(fs::path(campaign.out) / ("smith-" + std::to_string(seed) + ".wasm"), std::ios::binary)
        .write(reinterpret_cast<const char*>(module.bytes.data()), static_cast<std::streamsize>(module.bytes.size()));
  }
}

void ShowSeed(const Campaign& campaign, uint64_t seed) {
  Totals totals;
  fs::create_directories(campaign.out);
  const auto finding = Worker(campaign, &totals).RunSeed(seed, /*show=*/true);
  if (finding.has_value()) Save(campaign, seed, *finding);
}

}  // namespace cvm::differential
