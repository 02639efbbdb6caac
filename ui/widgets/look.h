// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

class QApplication;
class QCustomPlot;
class QLabel;
class QWidget;

namespace cortexscope::look {

// The light theme, in one place.
inline const QColor kPage{0xF3, 0xF5, 0xF8};
inline const QColor kCard{0xFF, 0xFF, 0xFF};
inline const QColor kLine{0xDC, 0xE2, 0xE9};
inline const QColor kText{0x1B, 0x26, 0x33};
inline const QColor kQuiet{0x5A, 0x69, 0x7A};
inline const QColor kDisabled{0x9A, 0xA7, 0xB4};
inline const QColor kAccent{0x0B, 0x5C, 0x8A};
inline const QColor kHeldOut{0xFF, 0xF1, 0xD0};
inline const QColor kHeldOutLine{0xC9, 0x8A, 0x00};

/// Style, palette and style sheet of the whole program.
void apply(QApplication& application);

/// One colour per person, told apart by the colour blind as well; repeats after ten people.
QColor personColour(int person);

enum class Icon {
  Open,
  Import,
  Labels,
  Train,
  Demo,
  Picture,
  Help,
  Play,
  Pause,
  Back,
  Forward,
  Start,
  End,
  Loop,
  Sound,
  Mute,
  Brain
};
QIcon icon(Icon which, const QColor& colour = kText);

/// A heading of a panel.
QLabel* heading(const QString& text, QWidget* parent);
/// Small quiet text.
QLabel* note(const QString& text, QWidget* parent);
/// The badge that says that responses were simulated.
QLabel* simulatedBadge(const QString& note, QWidget* parent);
/// Fonts, colours and margins of a plot. Its layer "overlay" is drawn apart from the rest, for what moves all
/// the time.
void style(QCustomPlot& plot);
/// Draws the overlay anew, and nothing else.
void redrawOverlay(QCustomPlot& plot);

}  // namespace cortexscope::look
