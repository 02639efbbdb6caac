// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/problem.h"

#include <QCoreApplication>

namespace cortexscope {

namespace {

QString translated(const char* sentence) {
  return QCoreApplication::translate("Problem", sentence);
}

QString sentenceOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::MissingFile:
      return translated("A file or folder is not there or cannot be opened.");
    case ErrorCode::BadFile:
      return translated("A file does not hold what its format demands.");
    case ErrorCode::BadShape:
      return translated("Two things that belong together differ in size.");
    case ErrorCode::BadValue:
      return translated("A number or option is outside its legal range.");
    case ErrorCode::Unsupported:
      return translated("This is valid, but this version cannot handle it.");
    case ErrorCode::Io:
      return translated("Reading or writing failed.");
    case ErrorCode::OutOfMemory:
      return translated("The work needs more memory than there is.");
  }
  return {};
}

}  // namespace

Problem problemOf(const QString& action, const Failure& failure, const QString& file) {
  return {action, sentenceOf(failure.code), failure.message, file};
}

}  // namespace cortexscope
