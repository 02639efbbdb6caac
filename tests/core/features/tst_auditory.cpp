// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <limits>
#include <numbers>

#include "base/parallel.h"
#include "features/auditory.h"
#include "io/arrays/npy.h"
#include "networks/mel_matrix.h"
#include "networks/network_import.h"
#include "networks/network_metadata.h"
#include "networks/onnx/builder.h"
#include "support/expect.h"
#include "support/make_media.h"

using namespace cortexscope;

namespace {

/// Non-negative like a real one; what is in it does not matter.
MatrixF anyMelMatrix() {
  return test::gaussian(257, 32, 9).cwiseAbs() / 50.0f;
}

std::vector<float> noise(std::size_t count, float level) {
  const MatrixF values = level * test::gaussian(1, static_cast<Index>(count), 4);
  return {values.data(), values.data() + values.size()};
}

/// One frame's mel power from the definitions: Hann over samples 56..455, Fourier sum, matrix.
Eigen::RowVectorXd melPowerByDefinition(const std::vector<float>& sound, std::size_t frame,
                                        const MatrixF& matrix) {
  Eigen::RowVectorXd power(257);
  for (int frequency = 0; frequency < 257; ++frequency) {
    std::complex<double> sum = 0;
    for (int i = 0; i < 400; ++i) {
      const double window = 0.5 * (1 - std::cos(2 * std::numbers::pi * i / 400));
      const double sample = 32768.0 * sound[160 * frame + 56 + static_cast<std::size_t>(i)];
      sum += window * sample * std::polar(1.0, -2 * std::numbers::pi * frequency * (56 + i) / 512);
    }
    power(frequency) = std::norm(sum);
  }
  return power * matrix.cast<double>();
}

/// A network whose "doubled" layer is 2 x + 1 of the picture and whose "pooled" layer is 19 means of 4 frames
/// each.
void writeTinyNetwork(const std::filesystem::path& file, int frames) {
  OnnxBuilder builder("input", {1, 1, frames, 32});
  Convolution twice;
  twice.weightDims = {1, 1, 1, 1};
  twice.weights = {2.0f};
  twice.bias = {1.0f};
  builder.addConvolution("doubled", "input", twice);
  builder.add(
      "pooled", "AveragePool", {"doubled"},
      {{"kernel_shape", std::vector<std::int64_t>{4, 1}}, {"strides", std::vector<std::int64_t>{4, 1}}});
  builder.add("flat", "GlobalAveragePool", {"pooled"});
  OnnxModel model = std::move(builder).take("flat");
  NetworkInfo info;
  info.title = "tiny";
  info.kind = "speech";
  info.inputShape = {1, frames, 32};
  info.layers = {{"doubled", {1, frames, 32}}, {"pooled", {1, frames / 4, 32}}, {"flat", {1}}};
  model.metadata[kNetworkInfoKey] = networkInfoToJson(info);
  writeOnnx(file, model);
}

}  // namespace

class TestAuditory : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void melFollowsItsDefinition();
  void melFindsATone();
  void melIsFlooredBelowTheLoudest();
  void melOfTooLittleOrNoSound();
  void melRefusesBadInput();
  void melOfTheDefaultFilm();
  void featuresAreMeansOverTheWindowsInside();
  void featuresDoNotDependOnTheRunsStart();
  void windowsAreCentredInTime();
  void featuresStopWhenAsked();
  void featuresRefuseBadInput();

 private:
  std::filesystem::path path(const std::string& name) const {
    return m_folder.filePath(name.c_str()).toStdString();
  }
  AudioReader soundOf(const std::vector<float>& samples, int rateHz = kSpeechRateHz) {
    const auto file = path("sound" + textOf(m_files++) + ".wav");
    test::writeFloatWav(file, kSpeechRateHz, 1, samples);
    return AudioReader(file, rateHz);
  }

  QTemporaryDir m_folder;
  int m_files = 0;
};

void TestAuditory::initTestCase() {
  useSingleThreadedLinearAlgebra();
  QVERIFY(m_folder.isValid());
  writeTinyNetwork(path("tiny.onnx"), 76);
}

void TestAuditory::melFollowsItsDefinition() {
  const MatrixF matrix = anyMelMatrix();
  const std::vector<float> sound = noise(160 * 300 + 512 + 159, 0.1f);
  const MatrixF mel = melSpectrogram(sound, matrix);
  QCOMPARE(mel.rows(), Index{301});
  for (std::size_t frame : {0, 1, 255, 256, 300}) {
    const Eigen::RowVectorXd expected = melPowerByDefinition(sound, frame, matrix).array().log10() + 2.0;
    QVERIFY(test::largestDifference(mel.row(static_cast<Index>(frame)).cast<double>(), expected) < 1e-5);
  }
}

void TestAuditory::melFindsATone() {
  // 1 kHz is bin 32 of 512 at 16 kHz; band 5 of this matrix is that bin alone.
  MatrixF matrix = MatrixF::Constant(257, 32, 1e-9f);
  matrix(32, 5) = 1.0f;
  std::vector<float> sound(16000);
  for (std::size_t i = 0; i < sound.size(); ++i)
    sound[i] =
        0.5f * static_cast<float>(std::sin(2 * std::numbers::pi * 1000.0 * static_cast<double>(i) / 16000));
  const MatrixF mel = melSpectrogram(sound, matrix);
  // A tone's line has amplitude/2 times the sum of the window, 200.
  const double expected = std::log10(std::pow(0.25 * 32768 * 200, 2)) + 2.0;
  QVERIFY((mel.col(5).array() - static_cast<float>(expected)).abs().maxCoeff() < 1e-4f);
}

void TestAuditory::melIsFlooredBelowTheLoudest() {
  std::vector<float> sound = noise(32000, 0.1f);
  std::fill(sound.begin() + 16000, sound.end(), 0.0f);
  const MatrixF mel = melSpectrogram(sound, anyMelMatrix());
  QCOMPARE(mel.minCoeff(), mel.maxCoeff() - 8.0f);
  QVERIFY((mel.bottomRows(90).array() == mel.minCoeff()).all());
}

void TestAuditory::melOfTooLittleOrNoSound() {
  QCOMPARE(melSpectrogram({}, anyMelMatrix()).rows(), Index{0});
  QCOMPARE(melSpectrogram(std::vector<float>(511), anyMelMatrix()).rows(), Index{0});
  const MatrixF silent = melSpectrogram(std::vector<float>(512), anyMelMatrix());
  QCOMPARE(silent.rows(), Index{1});
  QVERIFY((silent.array() == -8.0f).all());
}

void TestAuditory::melRefusesBadInput() {
  EXPECT_ERROR(ErrorCode::BadShape, melSpectrogram({}, MatrixF::Zero(32, 257)), "257 x 32", "32 x 257");
  MatrixF matrix = anyMelMatrix();
  matrix(3, 3) = std::numeric_limits<float>::infinity();
  EXPECT_ERROR(ErrorCode::BadValue, melSpectrogram({}, matrix), "mel matrix");
  std::vector<float> sound(512);
  sound[511] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_ERROR(ErrorCode::BadValue, melSpectrogram(sound, anyMelMatrix()), "sound");
}

void TestAuditory::melOfTheDefaultFilm() {
  const char* folder = std::getenv("CORTEXSCOPE_MATERIALS");
  if (folder == nullptr || *folder == '\0')
    QSKIP("CORTEXSCOPE_MATERIALS does not name the demo materials' folder");
  const std::filesystem::path materials(folder);
  for (const char* name : {"big_buck_bunny.mp4", "melspectrogram.onnx"})
    if (!std::filesystem::exists(materials / name)) QSKIP(name);
  importMelMatrix(materials / "melspectrogram.onnx", path("mel.npy"));
  AudioReader reader(materials / "big_buck_bunny.mp4", kSpeechRateHz);
  const MatrixF mel = melSpectrogram(reader.read(0, 60.14), readNpy(path("mel.npy")));
  // The shipped front end itself, run on the film's sound, gives these.
  QCOMPARE(mel.rows(), Index{6011});
  const double mean = mel.cast<double>().mean();
  const double sd = std::sqrt((mel.cast<double>().array() - mean).square().mean());
  QVERIFY2(std::abs(mean - 7.07) < 0.01, qPrintable(QString::number(mean)));
  QVERIFY2(std::abs(sd - 1.36) < 0.01, qPrintable(QString::number(sd)));
}

void TestAuditory::featuresAreMeansOverTheWindowsInside() {
  // Long enough for several reads, starting before the sound and ending after it.
  const std::vector<float> samples = noise(16000 * 22, 0.1f);
  AudioReader sound = soundOf(samples);
  Network network(path("tiny.onnx"));
  const TimeAxis times{-1.0, 1.5, 16};
  const auto features = auditoryFeatures(sound, times, network, anyMelMatrix(), {}, Job{});
  QCOMPARE(features.size(), std::size_t{3});

  // All sound of the call in one piece: windows k = -12 .. 287, each from 6256 samples before k * 1280.
  const int firstWindow = -12, lastWindow = 287;
  std::vector<float> whole(static_cast<std::size_t>(1280 * (lastWindow - firstWindow) + 160 * 75 + 512));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const long sample = static_cast<long>(i) + 1280L * firstWindow - 6256;
    if (sample >= 0 && sample < static_cast<long>(samples.size()))
      whole[i] = samples[static_cast<std::size_t>(sample)];
  }
  const MatrixF mel = melSpectrogram(whole, anyMelMatrix());
  MatrixF expected = MatrixF::Zero(16, 32);
  VectorF count = VectorF::Zero(16);
  for (int k = firstWindow; k <= lastWindow; ++k) {
    const int sample = (8 * k + 100) / 150;  // centre at 0.08 k s, in whole hundredths
    expected.row(sample) += mel.middleRows(8 * (k - firstWindow), 76).colwise().mean();
    count(sample) += 1;
  }
  expected.array().colwise() /= count.array();
  QVERIFY(count.minCoeff() >= 18 && count.maxCoeff() <= 19);
  QCOMPARE(features[0].layer, std::string("doubled"));
  QVERIFY((features[0].values.array() - (2.0f * expected.array() + 1.0f)).abs().maxCoeff() < 2e-4f);
  QVERIFY(test::largestDifference(features[1].values, features[0].values) < 2e-4f);  // pools lose no time
  QCOMPARE(features[2].values.cols(), Index{1});
  QVERIFY(test::largestDifference(features[2].values.col(0), features[0].values.rowwise().mean()) < 2e-4f);
}

void TestAuditory::featuresDoNotDependOnTheRunsStart() {
  AudioReader sound = soundOf(noise(16000 * 12, 0.1f));
  Network network(path("tiny.onnx"));
  const AuditoryOptions options{.layers = {"pooled"}};
  const auto whole = auditoryFeatures(sound, {1.0, 1.0, 9}, network, anyMelMatrix(), options, Job{});
  const auto later = auditoryFeatures(sound, {4.0, 1.0, 5}, network, anyMelMatrix(), options, Job{});
  QCOMPARE(whole.size(), std::size_t{1});
  QVERIFY(test::largestDifference(whole[0].values.middleRows(3, 5), later[0].values) < 1e-5f);
}

void TestAuditory::windowsAreCentredInTime() {
  std::vector<float> click(16000 * 4);
  click[32000] = 0.9f;  // at 2 s, the centre of window 25
  AudioReader sound = soundOf(click);
  Network network(path("tiny.onnx"));
  // One window a sample: sample i holds the centre of window i + 10.
  const auto features = auditoryFeatures(sound, {0.8 - 0.04, 0.08, 31}, network, anyMelMatrix(), {}, Job{});
  const VectorF level = features[2].values.col(0);
  for (Index i = 1; i <= 15; ++i)
    QVERIFY2(std::abs(level(15 - i) - level(15 + i)) < 1e-4f, qPrintable(QString("%1 windows away").arg(i)));
  QVERIFY(level(15) > level(0) + 0.1f);
}

void TestAuditory::featuresStopWhenAsked() {
  AudioReader sound = soundOf(noise(16000 * 5, 0.1f));
  Network network(path("tiny.onnx"));
  for (int stopAt : {1, 5}) {
    std::stop_source stop;
    int reports = 0;
    const Job job(stop.get_token(), [&](double, std::string_view) {
      if (++reports == stopAt) stop.request_stop();
    });
    QVERIFY_THROWS_EXCEPTION(Cancelled, auditoryFeatures(sound, {0, 1, 5}, network, anyMelMatrix(), {}, job));
    QCOMPARE(reports, stopAt);
  }
}

void TestAuditory::featuresRefuseBadInput() {
  AudioReader sound = soundOf(noise(16000, 0.1f)), otherRate = soundOf(noise(16000, 0.1f), 22050);
  Network network(path("tiny.onnx"));
  const MatrixF mel = anyMelMatrix();
  const auto run = [&](AudioReader& reader, const TimeAxis& times, const AuditoryOptions& options) {
    auditoryFeatures(reader, times, network, mel, options, Job{});
  };
  EXPECT_ERROR(ErrorCode::BadValue, run(otherRate, {0, 1, 1}, {}), "16000 samples a second");
  EXPECT_ERROR(ErrorCode::BadValue, run(sound, {0, 1, 1}, {.layers = {"conv9"}}), "conv9",
               "doubled, pooled, flat");
  EXPECT_ERROR(ErrorCode::BadValue, run(sound, {0, 1, 1}, {.layers = {}, .hopFrames = 0}), "got 0 frames");
  EXPECT_ERROR(ErrorCode::BadValue, run(sound, {0, 0.05, 1}, {}), "got 8 frames", "0.05 s");
  EXPECT_ERROR(ErrorCode::BadValue, run(sound, {0, -1, 1}, {}), "times");
  EXPECT_ERROR(ErrorCode::BadShape, auditoryFeatures(sound, {0, 1, 1}, network, MatrixF(2, 2), {}, Job{}),
               "2 x 2");
  writeTinyNetwork(path("short.onnx"), 40);
  Network shorter(path("short.onnx"));
  EXPECT_ERROR(ErrorCode::BadShape, auditoryFeatures(sound, {0, 1, 1}, shorter, mel, {}, Job{}), "1280",
               "2432");
}

QTEST_APPLESS_MAIN(TestAuditory)
#include "tst_auditory.moc"
