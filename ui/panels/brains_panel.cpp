#include "panels/brains_panel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "look.h"
#include "scene/cortex_scene.h"
#include "surface_view/surface_view.h"

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
      m_badge(look::simulatedBadge({}, this)),
      m_readout(look::note({}, this)) {
  setObjectName(QStringLiteral("brainsPanel"));
  setProperty("card", true);
  m_badge->setObjectName(QStringLiteral("brainsBadge"));
  m_badge->hide();
  m_readout->setObjectName(QStringLiteral("brainsReadout"));
  m_readout->setToolTip(tr("Time of the response shown by the brains, study time"));
  auto* what = new QHBoxLayout;
  auto* how = new QHBoxLayout;
  makeWhatRow(what);
  makeHowRow(how);
  how->addWidget(m_readout);
  auto* top = new QHBoxLayout;
  top->addWidget(makeChipStrip(), 1);
  top->addSpacing(6);
  top->addWidget(m_badge);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(10, 8, 10, 8);
  layout->setSpacing(5);
  layout->addLayout(top);
  layout->addWidget(m_view, 1);
  layout->addLayout(what);
  layout->addLayout(how);
  connect(&controller, &StudyController::studyChanged, this, &BrainsPanel::showStudy);
  connect(&controller, &StudyController::displayChanged, this, &BrainsPanel::showDisplay);
  connect(&controller, &StudyController::timeChanged, this, &BrainsPanel::showFrame);
  connect(&controller, &StudyController::peopleChanged, this, &BrainsPanel::showPeople);
  connect(&controller, &StudyController::vertexChanged, this, &BrainsPanel::showVertex);
  connect(m_view, &SurfaceView::vertexPicked, this,
          [this](int brain, long vertex) { m_controller.setVertex(brain, vertex); });
}

template <class Change>
void BrainsPanel::change(Change what) {
  BrainDisplay display = m_controller.display();
  what(display);
  m_controller.setDisplay(display);
  showDisplay();
}

QComboBox* BrainsPanel::addChoice(QHBoxLayout* row, const QString& caption, const char* name,
                                  const QString& tip) {
  auto* label = look::note(caption, this);
  auto* choice = new QComboBox(this);
  choice->setObjectName(QString::fromLatin1(name));
  choice->setAccessibleName(caption);
  choice->setToolTip(tip);
  label->setToolTip(tip);
  label->setBuddy(choice);
  row->addWidget(label);
  row->addWidget(choice);
  row->addSpacing(8);
  return choice;
}

QDoubleSpinBox* BrainsPanel::addNumber(QHBoxLayout* row, const QString& caption, const char* name,
                                       const QString& tip) {
  auto* label = look::note(caption, this);
  auto* number = new QDoubleSpinBox(this);
  number->setObjectName(QString::fromLatin1(name));
  number->setAccessibleName(caption);
  number->setToolTip(tip);
  number->setKeyboardTracking(false);
  label->setToolTip(tip);
  label->setBuddy(number);
  row->addWidget(label);
  row->addWidget(number);
  row->addSpacing(8);
  return number;
}

void BrainsPanel::makeWhatRow(QHBoxLayout* row) {
  m_layer = addChoice(row, tr("Layer"), "layerChoice", {});
  connect(m_layer, &QComboBox::activated, this, [this](int index) {
    change([&](BrainDisplay& d) {
      d.layer = kLayers[static_cast<std::size_t>(m_layer->itemData(index).toInt())];
    });
  });
  m_surface = addChoice(row, tr("Surface"), "surfaceChoice",
                        tr("The folded cortex, or the same blown up so that sulci are seen"));
  m_surface->addItems({tr("Inflated"), tr("Pial")});
  connect(m_surface, &QComboBox::activated, this,
          [this](int index) { change([&](BrainDisplay& d) { d.inflated = index == 0; }); });
  m_direction = addChoice(row, tr("View"), "viewChoice",
                          tr("Direction of looking; drag a brain to turn all of them (keys 1, 3, 7)"));
  m_direction->addItems(
      {tr("Lateral"), tr("Medial"), tr("Dorsal"), tr("Ventral"), tr("Anterior"), tr("Posterior")});
  connect(m_direction, &QComboBox::activated, this,
          [this](int index) { m_view->scene().setView(static_cast<View>(index)); });
  m_borders = addChoice(row, tr("Borders"), "bordersChoice", tr("Outlines of the cortex' regions"));
  m_borders->addItems({tr("None"), tr("Regions")});
  connect(m_borders, &QComboBox::activated, this,
          [this](int index) { change([&](BrainDisplay& d) { d.outlines = index == 1; }); });
  row->addStretch(1);
}

void BrainsPanel::makeHowRow(QHBoxLayout* row) {
  makeLagControl(row);
  makeThresholdControls(row);
  row->addStretch(1);
}

void BrainsPanel::makeLagControl(QHBoxLayout* row) {
  m_lag = addNumber(
      row, tr("Brain at film time +"), "lagControl",
      tr("Blood flow follows the film by some seconds: the brains are shown this many seconds later than "
         "the picture, so that a scene and the response to it meet. Never reaches into the next run."));
  m_lag->setRange(-20, 20);
  m_lag->setDecimals(1);
  m_lag->setSingleStep(0.5);
  m_lag->setSuffix(tr(" s"));
  connect(m_lag, &QDoubleSpinBox::valueChanged, this,
          [this](double value) { change([&](BrainDisplay& d) { d.lagSec = value; }); });
}

void BrainsPanel::makeThresholdControls(QHBoxLayout* row) {
  m_threshold = addNumber(row, tr("Threshold"), "thresholdControl",
                          tr("Weaker values than this fade or are hidden, in the layer's unit"));
  m_threshold->setSingleStep(0.1);
  connect(m_threshold, &QDoubleSpinBox::valueChanged, this,
          [this](double value) { change([&](BrainDisplay& d) { d.threshold = value; }); });
  m_below = new QComboBox(this);
  m_below->setObjectName(QStringLiteral("belowChoice"));
  m_below->setAccessibleName(tr("Below the threshold"));
  m_below->setToolTip(tr("Below the threshold values fade, or are not drawn at all"));
  m_below->addItems({tr("fade"), tr("hide")});
  connect(m_below, &QComboBox::activated, this,
          [this](int index) { change([&](BrainDisplay& d) { d.fade = index == 0; }); });
  row->addWidget(m_below);
  row->addSpacing(8);
  m_limit = addNumber(
      row, tr("Limit"), "limitControl",
      tr("Value of the strongest colour, the same for all people, in the layer's unit. Automatic: the "
         "largest 99th percentile of all people."));
  m_limit->setSpecialValueText(tr("auto"));
  m_limit->setSingleStep(0.1);
  m_limit->setRange(0, 100);
  connect(m_limit, &QDoubleSpinBox::valueChanged, this,
          [this](double value) { change([&](BrainDisplay& d) { d.limit = value; }); });
}

int BrainsPanel::shownPeople() const {
  return std::min(static_cast<int>(m_controller.results().people.size()), CortexScene::kMostBrains);
}

void BrainsPanel::showStudy() {
  const Study& study = m_controller.study();
  m_badge->setVisible(study.simulated);
  m_badge->setToolTip(QString::fromStdString(study.simulationNote));
  m_layer->clear();
  for (std::size_t i = 0; i < kLayers.size(); ++i) {
    const LayerInfo info = layerInfo(kLayers[i]);
    if (!m_controller.isLayerAvailable(kLayers[i])) continue;
    m_layer->addItem(info.title, static_cast<int>(i));
    m_layer->setItemData(m_layer->count() - 1, info.explanation, Qt::ToolTipRole);
  }
  showCortex();
  makeChips();
  m_valid = false;
  showDisplay();
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
  std::vector<std::string> names;
  for (int i = 0; i < shownPeople(); ++i) names.push_back(results.people[static_cast<std::size_t>(i)].id);
  scene.setBrains(names);
  m_surface->setEnabled(shape.inflated.has_value());
  m_borders->setEnabled(!results.regions.keys.empty());
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
    chip->setText(m_controller.personName(i));
    chip->setIcon(dot(look::personColour(i)));
    chip->setIconSize({12, 12});
    chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    chip->setCheckable(true);
    chip->setToolTip(
        tr("Choose %1: thick line in the traces, and whose vertex is shown").arg(m_controller.personName(i)));
    connect(chip, &QToolButton::clicked, this, [this, i] {
      m_controller.setPerson(i);
      showPeople();
    });
    m_chips->insertWidget(i, chip);
    m_people.push_back(chip);
  }
}

void BrainsPanel::showPeople() {
  for (std::size_t i = 0; i < m_people.size(); ++i) {
    const int person = static_cast<int>(i);
    m_people[i]->setChecked(person == m_controller.person() || person == m_controller.otherPerson());
  }
}

void BrainsPanel::showDisplay() {
  const BrainDisplay& d = m_controller.display();
  const LayerInfo info = layerInfo(d.layer);
  for (QObject* control :
       {static_cast<QObject*>(m_lag), static_cast<QObject*>(m_threshold), static_cast<QObject*>(m_limit)})
    control->blockSignals(true);
  m_layer->setCurrentIndex(m_layer->findText(info.title));
  m_layer->setToolTip(
      tr("What the brains are coloured by. Now: %1 Unit: %2.").arg(info.explanation, info.unit));
  m_surface->setCurrentIndex(d.inflated ? 0 : 1);
  m_borders->setCurrentIndex(d.outlines ? 1 : 0);
  m_below->setCurrentIndex(d.fade ? 0 : 1);
  m_lag->setValue(d.lagSec);
  m_lag->setEnabled(info.changesInTime);
  m_threshold->setRange(0, m_controller.colourLimit());
  m_threshold->setValue(d.threshold);
  m_limit->setValue(d.limit);
  for (QObject* control :
       {static_cast<QObject*>(m_lag), static_cast<QObject*>(m_threshold), static_cast<QObject*>(m_limit)})
    control->blockSignals(false);
  showScale();
  showFrame();
}

void BrainsPanel::showScale() {
  const BrainDisplay& d = m_controller.display();
  const LayerInfo info = layerInfo(d.layer);
  ColorScale scale;
  scale.name = info.title.toStdString();
  scale.unit = info.unit.toStdString();
  scale.map = info.isSigned ? ColorMap::BlueWhiteRed : ColorMap::Inferno;
  scale.high = static_cast<float>(m_controller.colourLimit());
  scale.low = info.isSigned ? -scale.high : 0.0f;
  scale.threshold = static_cast<float>(d.threshold);
  scale.belowThreshold = d.fade ? BelowThreshold::Fade : BelowThreshold::Hide;
  CortexScene& scene = m_view->scene();
  if (!(scale == scene.colorScale())) scene.setColorScale(scale);
  const float inflation = d.inflated && m_surface->isEnabled() ? 1.0f : 0.0f;
  if (scene.inflation() != inflation) scene.setInflation(inflation);
  scene.setBorders(d.outlines ? Borders::AllRegions : Borders::None);
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
    const PersonResults& person = m_controller.results().people[static_cast<std::size_t>(i)];
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
    m_readout->setText(tr("over all held-out runs"));
    return;
  }
  const StudyTime& time = m_controller.time();
  const double shownSec =
      time.centreSec(m_shown.sample) + static_cast<double>(m_shown.mix) * time.periodSec();
  m_readout->setText(tr("response at %1").arg(shownTime(shownSec)));
}

}  // namespace cortexscope
