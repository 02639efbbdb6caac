// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/make/films.h"

#include <algorithm>

#include "base/text.h"
#include "import/scan/names.h"
#include "io/media/media.h"
#include "io/media/picture_film.h"
#include "study/document/names.h"

namespace cortexscope::importing {
namespace {

namespace fs = std::filesystem;

/// Pictures of a folder in natural order of their names.
std::vector<fs::path> picturesIn(const fs::path& folder) {
  std::vector<fs::path> pictures;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.is_regular_file() && isPictureName(lowerCase(entry.path().filename().string())))
      pictures.push_back(entry.path());
  std::sort(pictures.begin(), pictures.end(), [](const fs::path& a, const fs::path& b) {
    return naturalLess(a.filename().string(), b.filename().string());
  });
  return pictures;
}

void copyFilm(const fs::path& from, const fs::path& target) {
  std::error_code error;
  fs::create_hard_link(from, target, error);  // not possible across disks
  if (error) fs::copy_file(from, target, error);
  require(!error, ErrorCode::Io, [&] { return target.string() + ": cannot be written: " + error.message(); });
}

}  // namespace

Film filmOf(const Importing& importing, const fs::path& file) {
  if (!fs::is_directory(file)) {
    const MediaInfo info = probeMedia(file);
    return {file, fileNameOf(file.stem().string()), info.durationSec, info.hasVideo, info.hasAudio};
  }
  const std::optional<double> perSec = importing.choices.picturesPerSec;
  require(perSec.has_value(), ErrorCode::BadValue, [&] {
    return file.string() +
           ": is a folder of pictures; say how many of them were shown in a second "
           "(--pictures-per-sec)";
  });
  Film film{file, fileNameOf(file.filename().string()), 0, true, false, picturesIn(file)};
  require(!film.pictures.empty(), ErrorCode::MissingFile,
          [&] { return file.string() + ": this folder holds no pictures"; });
  film.durationSec = double(film.pictures.size()) / *perSec;
  return film;
}

void addFilms(Importing& importing, const std::vector<Film>& films, const Job& job) {
  Study& study = importing.study;
  for (std::size_t i = 0; i < films.size(); ++i) {
    const Film& film = films[i];
    const Job part = job.part(double(i) / double(films.size()), double(i + 1) / double(films.size()));
    part.checkpoint(0, "copying films");
    const bool isFolder = !film.pictures.empty();
    const fs::path relative =
        fs::path("inputs/stimuli") / (film.id + (isFolder ? ".mkv" : film.file.extension().string()));
    const fs::path target = study.path(relative);
    fs::create_directories(target.parent_path());
    if (isFolder) {
      writePictureFilm(target, film.pictures, *importing.choices.picturesPerSec, part);
      importing.say(Severity::Note, printable(film.file.string()), film.id,
                    "the film was made of " + textOf(film.pictures.size()) + " pictures, each shown for " +
                        textOf(1 / *importing.choices.picturesPerSec) + " s, without loss",
                    "nothing, if that is how they were shown");
    } else {
      copyFilm(fs::canonical(film.file), target);
    }
    const fs::path title = isFolder ? film.file.filename() : film.file.stem();
    study.stimuli.push_back({film.id, title.string(), relative, ""});
  }
}

}  // namespace cortexscope::importing
