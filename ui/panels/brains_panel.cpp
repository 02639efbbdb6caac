// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/brains_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "panels/brain_controls.h"
#include "scene/cortex_scene.h"
#include "surface_view/surface_view.h"
#include "widgets/look.h"
#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

QIcon dot(const QColor& colour) {
  QPixmap pixmap(32, 32);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  painter.drawEllipse(4, 4, 24, 24);
  return QIcon(pixmap);
}

}  // namespace

BrainsPanel::BrainsPanel(StudyController& controller, QWidget* parent)
    : QFrame(parent),
      m_controller(controller),
      m_view(new SurfaceView(this)),
      m_chips(new QHBoxLayout),
      m_badge(look::simulatedBadge({}, this)) {
  setObjectName(QStringLiteral("brainsPanel"));
  setProperty("card", true);
  m_badge->setObjectName(QStringLiteral("simulatedBadge"));
  m_badge->hide();
  m_controls = new BrainControls(controller, this);
  auto* top = new QHBoxLayout;
  top->addWidget(makeChipStrip(), 1);
  top->addSpacing(6);
  top->addWidget(m_badge);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(10, 8, 10, 8);
  layout->setSpacing(5);
  layout->addLayout(top);
  layout->addWidget(m_view, 1);
  layout->addWidget(m_controls);
  CortexScene& scene = m_view->scene();
  connect(m_controls, &BrainControls::viewChosen, this, [&scene](View view) { scene.setView(view); });
  connect(m_controls, &BrainControls::sidesChosen, this,
          [&scene](ShownHemispheres shown) { scene.setShownHemispheres(shown); });
  connect(&controller, &StudyController::studyChanged, this, &BrainsPanel::showStudy);
  connect(&controller, &StudyController::displayChanged, this, &BrainsPanel::showDisplay);
  connect(&controller, &StudyController::timeChanged, this, &BrainsPanel::showFrame);
  connect(&controller, &StudyController::peopleChanged, this, &BrainsPanel::showPeople);
  connect(&controller, &StudyController::vertexChanged, this, &BrainsPanel::showVertex);
  connect(m_view, &SurfaceView::vertexPicked, this,
          [this](int brain, long vertex) { m_controller.setVertex(m_first + brain, vertex); });
}

int BrainsPanel::shownPeople() const {
  return std::min(static_cast<int>(m_controller.results().people.size()) - m_first, CortexScene::kMostBrains);
}

int BrainsPanel::pageOfChosen() const {
  return std::max(0, m_controller.person()) / CortexScene::kMostBrains * CortexScene::kMostBrains;
}

void BrainsPanel::showStudy() {
  const Study& study = m_controller.study();
  m_badge->setVisible(study.simulated);
  m_badge->setToolTip(QString::fromStdString(study.simulationNote));
  showCortex();
  makeChips();
  showPage();
  showPeople();
  showVertex();
}

void BrainsPanel::showCortex() {
  const Results& results = m_controller.results();
  CortexScene& scene = m_view->scene();
  CortexShape shape;
  shape.anatomical = results.anatomical;
  if (results.inflated.vertexCount() > 0) shape.inflated = results.inflated;
  shape.sulcalDepth = results.underlay;
  scene.setCortex(shape);
  if (!results.regions.keys.empty()) scene.setRegions(results.regions);
}

void BrainsPanel::showPage() {
  m_first = pageOfChosen();
  std::vector<std::string> names;
  for (int i = 0; i < shownPeople(); ++i) names.push_back(brainName(m_first + i));
  m_view->scene().setBrains(names);
  m_valid = m_maskShown = false;
  showDisplay();
}

std::string BrainsPanel::brainName(int person) const {
  const QString name = m_controller.personName(person);
  const QString missing = whatIsMissing(m_controller.results().people[static_cast<std::size_t>(person)]);
  if (!missing.isEmpty()) return tr("%1 (%2)").arg(name, missing).toStdString();
  const std::vector<std::uint8_t>& significant = m_controller.significant(person);
  if (!m_controller.canMask()) return name.toStdString();
  if (significant.empty()) return tr("%1 (q unknown: no mask)").arg(name).toStdString();
  const bool any = std::find(significant.begin(), significant.end(), 1) != significant.end();
  return (any ? name : tr("%1 (no vertex is significant)").arg(name)).toStdString();
}

QWidget* BrainsPanel::makeChipStrip() {
  auto* strip = new QScrollArea(this);  // many people must not widen the window
  strip->setObjectName(QStringLiteral("peopleStrip"));
  strip->setFrameShape(QFrame::NoFrame);
  strip->setWidgetResizable(true);
  strip->setFocusPolicy(Qt::NoFocus);
  strip->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* content = new QWidget(strip);
  content->setLayout(m_chips);
  strip->setWidget(content);
  strip->setFixedHeight(fontMetrics().height() + 16);
  m_chips->setContentsMargins(0, 0, 0, 0);
  m_chips->setSpacing(1);
  m_chips->addStretch(1);
  return strip;
}

void BrainsPanel::makeChips() {
  for (QToolButton* button : m_people) delete button;
  m_people.clear();
  for (int i = 0; i < static_cast<int>(m_controller.results().people.size()); ++i) {
    auto* chip = new QToolButton(this);
    chip->setObjectName(QStringLiteral("person%1").arg(i));
    chip->setText(plainButton(m_controller.personName(i)));
    chip->setIcon(dot(look::personColour(i)));
    chip->setIconSize({12, 12});
    chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    chip->setCheckable(true);
    const QString missing = whatIsMissing(m_controller.results().people[static_cast<std::size_t>(i)]);
    chip->setToolTip(plainTip(
        tr("Choose %1: thick line in the traces, and whose vertex is shown").arg(m_controller.personName(i)) +
        (missing.isEmpty() ? QString() : QStringLiteral("\n(%1)").arg(missing))));
    connect(chip, &QToolButton::clicked, this, [this, i] {
      m_controller.setPerson(i);
      showPeople();
    });
    m_chips->insertWidget(i, chip);
    m_people.push_back(chip);
  }
}

void BrainsPanel::showPeople() {
  if (m_first != pageOfChosen()) showPage();
  for (std::size_t i = 0; i < m_people.size(); ++i) {
    const int person = static_cast<int>(i);
    m_people[i]->setChecked(person == m_controller.person() || person == m_controller.otherPerson());
  }
}

void BrainsPanel::showDisplay() {
  showScale();
  showMask();
  showFrame();
}

void BrainsPanel::showScale() {
  const BrainDisplay& d = m_controller.display();
  const LayerInfo info = layerInfo(d.layer);
  ColorScale scale;
  scale.name = info.title.toStdString();
  scale.unit = info.unit.toStdString();
  scale.note = legendNote().toStdString();
  scale.map = info.isSigned ? ColorMap::BlueWhiteRed : ColorMap::Inferno;
  scale.high = static_cast<float>(m_controller.colourLimit());
  scale.low = info.isSigned ? -scale.high : 0.0f;
  scale.threshold = static_cast<float>(m_controller.weakBelow());
  scale.belowThreshold = d.weak == WeakValues::Hide ? BelowThreshold::Hide : BelowThreshold::Fade;
  CortexScene& scene = m_view->scene();
  if (!(scale == scene.colorScale())) scene.setColorScale(scale);
  const float inflation = d.inflated && m_controller.results().inflated.vertexCount() > 0 ? 1.0f : 0.0f;
  if (scene.inflation() != inflation) scene.setInflation(inflation);
  scene.setBorders(d.outlines ? Borders::AllRegions : Borders::None);
}

QString BrainsPanel::legendNote() const {
  QStringList parts;
  if (m_controller.isMasked())
    parts.append(tr("only q < %1").arg(m_controller.study().options.significanceLevel));
  if (showsMeansOfVoxels(m_controller.results())) parts.prepend(tr("means of voxels"));
  const WeakValues weak = m_controller.display().weak;
  const QString below = shownNumber(m_controller.weakBelow());
  if (weak == WeakValues::Fade) parts.append(tr("fading below %1").arg(below));
  if (weak == WeakValues::Hide) parts.append(tr("hidden below %1").arg(below));
  return parts.join(QStringLiteral(" · "));
}

void BrainsPanel::showMask() {
  const bool masked = m_controller.isMasked();
  if (masked == m_maskShown) return;
  m_maskShown = masked;
  for (int i = 0; i < shownPeople(); ++i)
    m_view->scene().setMask(i, masked ? m_controller.significant(m_first + i) : std::vector<std::uint8_t>());
}

void BrainsPanel::showFrame() {
  if (!m_controller.hasStudy()) return;
  const BrainFrame frame = m_controller.brainFrame();
  const Layer layer = m_controller.display().layer;
  const bool sameSamples = frame.sample == m_shown.sample && frame.next == m_shown.next;
  const bool frozen = !layerInfo(layer).changesInTime;
  if (!m_valid || layer != m_shownLayer || (!sameSamples && !frozen)) uploadValues(frame);
  if (!frozen && (!m_valid || frame.mix != m_shown.mix)) m_view->scene().setBlend(frame.mix);
  m_shown = frame;
  m_shownLayer = layer;
  m_valid = true;
  showReadout();
}

void BrainsPanel::uploadValues(const BrainFrame& frame) {
  LayerScratch scratch;
  CortexScene& scene = m_view->scene();
  const std::vector<float> nothing(static_cast<std::size_t>(scene.vertexCount()), std::nanf(""));
  for (int i = 0; i < shownPeople(); ++i) {
    const PersonResults& person = m_controller.results().people[static_cast<std::size_t>(m_first + i)];
    const LayerRows rows = layerRows(person, m_controller.display().layer, frame, scratch);
    const auto count = static_cast<std::size_t>(rows.count);
    if (rows.now == nullptr)
      scene.setValues(i, nothing);
    else
      scene.setValues(i, {rows.now, count}, {rows.next, count});
  }
}

void BrainsPanel::showVertex() {
  const Index vertex = m_controller.vertex();
  m_view->scene().setMarker(vertex < 0 ? std::nullopt : std::optional<Index>(vertex));
}

void BrainsPanel::showReadout() {
  if (!layerInfo(m_controller.display().layer).changesInTime) {
    m_controls->setReadout(tr("over all held-out runs"));
    return;
  }
  const StudyTime& time = m_controller.time();
  const double shownSec =
      time.centreSec(m_shown.sample) + static_cast<double>(m_shown.mix) * time.periodSec();
  m_controls->setReadout(tr("response at %1").arg(shownTime(shownSec)));
}

}  // namespace cortexscope
