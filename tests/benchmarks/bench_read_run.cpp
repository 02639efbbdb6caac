// SPDX-License-Identifier: GPL-3.0-or-later
// How fast a packed BOLD run is read, beside `gzip -dc`, which does nothing but unpack it. Numbers are read,
// not asserted.
//   bench_read_run FOLDER [GIGABYTES]     makes FOLDER/run.nii.gz of so many unpacked bytes (2) unless it is
//   there
#include <sys/resource.h>
#include <zlib.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "core/io/images/nifti_spec.h"
#include "io/images/image.h"
#include "io/inspect/inspect.h"

using namespace cortexscope;

namespace {

constexpr int kSide = 100, kSlices = 60;
constexpr std::size_t kVoxels = std::size_t{kSide} * kSide * kSlices;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double cpuSeconds(int whose) {
  rusage usage{};
  getrusage(whose, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}
long peakMib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss >> 10;
}

/// int16 volumes of a round head with noise of a few percent in it and nothing around it, as scanners write
/// them.
void makeRun(const std::filesystem::path& file, double gigabytes) {
  const auto volumes = static_cast<std::int64_t>(std::ceil(gigabytes * 1e9 / (2 * kVoxels)));
  test::NiftiSpec spec;
  spec.version = 2;
  spec.start = 544;
  spec.dims = {4, kSide, kSide, kSlices, volumes, 1, 1, 1};
  spec.units = 2 | 8;
  std::printf("making %s, %lld volumes\n", file.c_str(), static_cast<long long>(volumes));
  const gzFile out = gzopen(file.c_str(), "wb1");
  const std::string header = test::fileOf(spec);
  gzwrite(out, header.data(), static_cast<unsigned>(header.size()));
  std::vector<std::int16_t> volume(kVoxels);
  std::uint32_t noise = 1;
  for (std::int64_t v = 0; v < volumes; ++v) {
    for (std::size_t i = 0; i < kVoxels; ++i) {
      const auto x = static_cast<double>(i % kSide) - 50, y = static_cast<double>(i / kSide % kSide) - 50,
                 z = (static_cast<double>(i / (kSide * kSide)) - 30) * 1.6;
      noise = noise * 1664525 + 1013904223;
      const double r2 = x * x + y * y + z * z;
      volume[i] = r2 > 45 * 45 ? std::int16_t{0} : static_cast<std::int16_t>(8000 + 2 * r2 + (noise >> 24));
    }
    gzwrite(out, volume.data(), static_cast<unsigned>(2 * kVoxels));
  }
  gzclose(out);
}

void readAll(const std::filesystem::path& file) {
  const double start = seconds(), cpu = cpuSeconds(RUSAGE_SELF);
  ImageReader reader(file);
  std::vector<float> values(kVoxels);
  double sum = 0;
  std::size_t count = 0;
  while (const std::size_t got = reader.read(std::span<float>(values))) {
    count += got;
    sum += static_cast<double>(values[got / 2]);
  }
  std::printf("ours: %.1f s, %.1f CPU-s for %zu voxels, peak memory %ld MiB (sum %.0f)\n", seconds() - start,
              cpuSeconds(RUSAGE_SELF) - cpu, count, peakMib(), sum);
}

void unpackAll(const std::filesystem::path& file) {
  const double start = seconds(), cpu = cpuSeconds(RUSAGE_CHILDREN);
  const bool good = std::system(("gzip -dc '" + file.string() + "' > /dev/null").c_str()) == 0;
  std::printf("gzip -dc: %.1f s, %.1f CPU-s%s\n", seconds() - start, cpuSeconds(RUSAGE_CHILDREN) - cpu,
              good ? "" : ", failed");
}

/// From the request to stop, in the middle, to the end of the work.
void cancel(const std::filesystem::path& file) {
  std::stop_source stop;
  double asked = 0;
  std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    asked = seconds();
    stop.request_stop();
  });
  try {
    inspectData(file, Job(stop.get_token(), [](double, std::string_view) {}));
    std::printf("cancel: the file was read before\n");
  } catch (const Cancelled&) {
    std::printf("cancel: %.0f ms\n", 1000 * (seconds() - asked));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: bench_read_run FOLDER [GIGABYTES]\n"), 2;
  const std::filesystem::path file = std::filesystem::path(argv[1]) / "run.nii.gz";
  if (!std::filesystem::exists(file)) makeRun(file, argc > 2 ? std::atof(argv[2]) : 2);
  std::printf("%.2f GB packed\n", static_cast<double>(std::filesystem::file_size(file)) / 1e9);
  for (int round = 0; round < 2; ++round) {
    readAll(file);
    unpackAll(file);
  }
  cancel(file);
}
