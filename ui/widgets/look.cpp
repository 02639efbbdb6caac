// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/look.h"

#include <qcustomplot.h>

#include <QApplication>
#include <QLabel>
#include <QPalette>
#include <QStyleFactory>
#include <array>

namespace cortexscope::look {

namespace {

// Okabe & Ito's colours without black (the truth's) and yellow (unreadable on white), then darker ones of
// Paul Tol's.
constexpr std::array<QRgb, 10> kPersonColours{0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7, 0xD55E00,
                                              0x56B4E9, 0x332288, 0x999933, 0x882255, 0x777777};

constexpr const char* kStyleSheet = R"(
QMainWindow, QWidget#page { background: #F3F5F8; }
QFrame[card="true"] { background: #FFFFFF; border: 1px solid #DCE2E9; border-radius: 8px; }
QLabel { color: #1B2633; background: transparent; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="note"] { color: #5A697A; }
QLabel[role="title"] { font-size: 22pt; font-weight: 600; }
QLabel[role="badge"] { background: #B3261E; color: #FFFFFF; font-weight: 700; border-radius: 4px; padding: 2px 8px; }
QToolBar { background: #FFFFFF; border: none; border-bottom: 1px solid #DCE2E9; spacing: 4px; padding: 4px 8px; }
QToolButton { border: 1px solid transparent; border-radius: 6px; padding: 4px 8px; color: #1B2633; }
QScrollArea#peopleStrip, QScrollArea#peopleStrip > QWidget > QWidget { background: transparent; }
QScrollArea#peopleStrip QToolButton { padding: 3px 5px; }
QFileDialog QToolButton { padding: 0; }
QToolButton:hover { background: #EAF1F6; }
QToolButton:pressed, QToolButton:checked { background: #D5E6F0; border-color: #A9CBDD; }
QToolButton:focus { border-color: #0B5C8A; }
QToolButton:disabled { color: #9AA7B4; }
QToolButton::menu-indicator { image: none; }
QPushButton { background: #FFFFFF; border: 1px solid #B8C4CF; border-radius: 6px; padding: 5px 14px; }
QPushButton:hover { background: #EAF1F6; }
QPushButton:focus { border-color: #0B5C8A; }
QTableView:focus { border: 1px solid #0B5C8A; }
QPushButton:checked { background: #D5E6F0; border-color: #0B5C8A; }
QPushButton:disabled { color: #9AA7B4; }
QPushButton[primary="true"] { background: #0B5C8A; color: #FFFFFF; border-color: #0B5C8A; font-weight: 600; }
QPushButton[primary="true"]:hover { background: #0E6FA6; }
QPushButton[primary="true"]:disabled { background: #B8C4CF; border-color: #B8C4CF; }
QTabWidget::pane { border: none; }
QTabBar::tab { padding: 5px 14px; border: none; border-bottom: 2px solid transparent; color: #5A697A; }
QTabBar::tab:selected { color: #0B5C8A; border-bottom-color: #0B5C8A; font-weight: 600; }
QTabBar::tab:focus { color: #0B5C8A; }
QHeaderView::section { background: #F3F5F8; border: none; border-bottom: 1px solid #DCE2E9; padding: 3px 6px;
  color: #5A697A; }
QTableView { border: 1px solid transparent; gridline-color: #EEF1F4; alternate-background-color: #F8FAFB;
  selection-background-color: #D5E6F0; selection-color: #1B2633; }
QTreeView { border: 1px solid #DCE2E9; alternate-background-color: #F8FAFB; selection-background-color: #D5E6F0;
  selection-color: #1B2633; }
QTreeView:focus { border-color: #0B5C8A; }
QProgressBar { border: 1px solid #DCE2E9; border-radius: 5px; background: #F3F5F8; text-align: center; }
QProgressBar::chunk { background: #0B5C8A; border-radius: 4px; }
QSplitter::handle { background: transparent; }
QToolTip { background: #1B2633; color: #FFFFFF; border: none; padding: 4px 6px; }
)";

QPolygonF triangle(QPointF tip, QPointF a, QPointF b) {
  return QPolygonF({tip, a, b});
}

void drawTransport(QPainter& p, Icon which) {
  switch (which) {
    case Icon::Play:
      p.drawPolygon(triangle({19, 12}, {7, 5}, {7, 19}));
      break;
    case Icon::Pause:
      p.drawRect(QRectF(7, 5, 3.5, 14));
      p.drawRect(QRectF(13.5, 5, 3.5, 14));
      break;
    case Icon::Back:
      p.drawPolygon(triangle({5, 12}, {15, 6}, {15, 18}));
      p.drawRect(QRectF(17, 6, 2, 12));
      break;
    case Icon::Forward:
      p.drawPolygon(triangle({19, 12}, {9, 6}, {9, 18}));
      p.drawRect(QRectF(5, 6, 2, 12));
      break;
    case Icon::Start:
      p.drawRect(QRectF(4, 6, 2, 12));
      p.drawPolygon(triangle({7, 12}, {18, 6}, {18, 18}));
      break;
    case Icon::End:
      p.drawRect(QRectF(18, 6, 2, 12));
      p.drawPolygon(triangle({17, 12}, {6, 6}, {6, 18}));
      break;
    default:
      break;
  }
}

void drawLines(QPainter& p, Icon which) {
  p.setBrush(Qt::NoBrush);
  switch (which) {
    case Icon::Open:
      p.drawPolygon(QPolygonF({{3, 18.5}, {3, 6}, {9, 6}, {11, 8.5}, {20, 8.5}, {20, 18.5}}));
      break;
    case Icon::Import:
      p.drawPolyline(QPolygonF({{4, 13}, {4, 19}, {20, 19}, {20, 13}}));
      p.drawLine(QPointF(12, 4), QPointF(12, 14));
      p.drawPolyline(QPolygonF({{8, 10.5}, {12, 14.5}, {16, 10.5}}));
      break;
    case Icon::Labels:
      p.drawPolygon(QPolygonF({{3.5, 12.5}, {12, 4}, {20, 4}, {20, 12}, {11.5, 20.5}}));
      p.drawEllipse(QRectF(15, 6.5, 2.5, 2.5));
      break;
    case Icon::Train:
      p.drawPolyline(QPolygonF({{3, 19}, {9, 12}, {13, 15}, {20, 5}}));
      p.drawPolyline(QPolygonF({{15, 5}, {20, 5}, {20, 10}}));
      break;
    case Icon::Demo:
      p.drawEllipse(QRectF(4, 4, 16, 16));
      p.drawPolygon(triangle({16, 12}, {10, 8.5}, {10, 15.5}));
      break;
    case Icon::Picture:
      p.drawRoundedRect(QRectF(3, 7, 18, 12), 2, 2);
      p.drawEllipse(QRectF(8.5, 9.5, 7, 7));
      p.drawLine(QPointF(8, 5), QPointF(16, 5));
      break;
    case Icon::Loop:
      p.drawArc(QRectF(4, 5, 16, 14), 60 * 16, 290 * 16);
      p.drawPolyline(QPolygonF({{12, 3}, {16.4, 6}, {12.5, 9}}));
      break;
    case Icon::Brain:
      p.drawEllipse(QRectF(3.5, 6, 17, 12));
      p.drawLine(QPointF(12, 6), QPointF(12, 18));
      break;
    default:
      break;
  }
}

void drawSound(QPainter& p, bool muted) {
  p.drawPolygon(QPolygonF({{4, 9.5}, {8, 9.5}, {12, 5.5}, {12, 18.5}, {8, 14.5}, {4, 14.5}}));
  p.setBrush(Qt::NoBrush);
  if (muted) {
    p.drawLine(QPointF(15, 9.5), QPointF(20, 14.5));
    p.drawLine(QPointF(20, 9.5), QPointF(15, 14.5));
  } else {
    p.drawArc(QRectF(11, 8, 7, 8), -60 * 16, 120 * 16);
    p.drawArc(QRectF(11, 5, 10, 14), -60 * 16, 120 * 16);
  }
}

void drawIcon(QPainter& p, Icon which, const QColor& colour) {
  const bool filled = which == Icon::Play || which == Icon::Pause || which == Icon::Back ||
                      which == Icon::Forward || which == Icon::Start || which == Icon::End;
  p.setPen(filled ? QPen(Qt::NoPen) : QPen(colour, 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  p.setBrush(colour);
  if (filled) {
    drawTransport(p, which);
  } else if (which == Icon::Sound || which == Icon::Mute) {
    drawSound(p, which == Icon::Mute);
  } else if (which == Icon::Help) {
    QFont font = p.font();
    font.setPixelSize(17);
    font.setBold(true);
    p.setFont(font);
    p.drawText(QRectF(0, 0, 24, 24), Qt::AlignCenter, QStringLiteral("?"));
  } else {
    drawLines(p, which);
  }
}

QPixmap iconPixmap(Icon which, const QColor& colour, int scale) {
  QPixmap pixmap(24 * scale, 24 * scale);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(scale, scale);
  drawIcon(painter, which, colour);
  return pixmap;
}

QLabel* labelWithRole(const QString& text, const char* role, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setTextFormat(Qt::PlainText);  // names out of files are no HTML
  label->setProperty("role", QString::fromLatin1(role));
  return label;
}

}  // namespace

void apply(QApplication& application) {
  application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QPalette palette;
  palette.setColor(QPalette::Window, kPage);
  palette.setColor(QPalette::WindowText, kText);
  palette.setColor(QPalette::Base, kCard);
  palette.setColor(QPalette::AlternateBase, QColor(0xF8, 0xFA, 0xFB));
  palette.setColor(QPalette::Text, kText);
  palette.setColor(QPalette::Button, kCard);
  palette.setColor(QPalette::ButtonText, kText);
  palette.setColor(QPalette::PlaceholderText, kQuiet);
  for (const QPalette::ColorRole role : {QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, kDisabled);
  palette.setColor(QPalette::Highlight, kAccent);
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::ToolTipBase, kText);
  palette.setColor(QPalette::ToolTipText, Qt::white);
  application.setPalette(palette);
  application.setStyleSheet(QString::fromLatin1(kStyleSheet));
}

QColor personColour(int person) {
  return QColor::fromRgb(
      kPersonColours[static_cast<std::size_t>(std::max(0, person)) % kPersonColours.size()]);
}

QIcon icon(Icon which, const QColor& colour) {
  QIcon result;
  for (const int scale : {1, 2, 3}) {
    result.addPixmap(iconPixmap(which, colour, scale));
    result.addPixmap(iconPixmap(which, QColor(0xB4, 0xBE, 0xC8), scale), QIcon::Disabled);
  }
  return result;
}

QLabel* heading(const QString& text, QWidget* parent) {
  return labelWithRole(text, "heading", parent);
}

QLabel* note(const QString& text, QWidget* parent) {
  return labelWithRole(text, "note", parent);
}

QLabel* simulatedBadge(const QString& note, QWidget* parent) {
  auto* badge = labelWithRole(QObject::tr("SIMULATED RESPONSES"), "badge", parent);
  badge->setToolTip(note);
  badge->setAccessibleName(QObject::tr("The responses of this study are simulated"));
  badge->setAccessibleDescription(note);
  badge->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  return badge;
}

void style(QCustomPlot& plot) {
  plot.setLocale(QLocale::c());  // numbers as in the rest of the window
  plot.layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmBuffered);
  // A layer has a buffer of its own only after the first drawing of all.
  QObject::connect(&plot, &QCustomPlot::afterReplot, &plot, [&plot] { plot.setProperty("drawn", true); });
  QFont font = plot.font();
  font.setPointSizeF(font.pointSizeF() * 0.9);
  plot.setBackground(kCard);
  for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) {
    axis->setTickLabelFont(font);
    axis->setLabelFont(font);
    axis->setTickLabelColor(kQuiet);
    axis->setLabelColor(kQuiet);
    axis->setBasePen(QPen(kLine));
    axis->setTickPen(QPen(kLine));
    axis->setSubTickPen(Qt::NoPen);
    axis->grid()->setPen(QPen(QColor(0xEE, 0xF1, 0xF4)));
    axis->grid()->setZeroLinePen(QPen(kLine));
  }
  plot.legend->setFont(font);
  plot.legend->setTextColor(kText);
  plot.legend->setBorderPen(Qt::NoPen);
  plot.legend->setBrush(QColor(255, 255, 255, 225));
  plot.legend->setRowSpacing(0);
}

void redrawOverlay(QCustomPlot& plot) {
  if (plot.property("drawn").toBool()) plot.layer(QStringLiteral("overlay"))->replot();
}

}  // namespace cortexscope::look
