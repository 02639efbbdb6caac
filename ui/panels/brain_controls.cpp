// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/brain_controls.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/look.h"
#include "widgets/number_box.h"

namespace cortexscope {

BrainControls::BrainControls(StudyController& controller, QWidget* parent)
    : QWidget(parent), m_controller(controller) {
  auto* what = new QHBoxLayout;
  auto* how = new QHBoxLayout;
  makeWhatRow(what);
  makeHowRow(how);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(5);
  layout->addLayout(what);
  layout->addLayout(how);
  connect(&controller, &StudyController::studyChanged, this, &BrainControls::showStudy);
  connect(&controller, &StudyController::displayChanged, this, &BrainControls::showDisplay);
}

template <class Change>
void BrainControls::change(Change what) {
  BrainDisplay display = m_controller.display();
  what(display);
  m_controller.setDisplay(display);
  showDisplay();  // also where nothing changed: what was typed is not what holds
}

QComboBox* BrainControls::addChoice(QHBoxLayout* row, const QString& caption, const char* name,
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

QDoubleSpinBox* BrainControls::addNumber(QHBoxLayout* row, const QString& caption, const char* name,
                                         const QString& tip) {
  auto* label = look::note(caption, this);
  auto* number = new NumberBox(this);
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

void BrainControls::makeWhatRow(QHBoxLayout* row) {
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
          [this](int index) { emit viewChosen(static_cast<View>(index)); });
  m_sides = addChoice(row, tr("Sides"), "sidesChoice", tr("Both hemispheres, or one of them, drawn larger"));
  m_sides->addItems({tr("Both"), tr("Left"), tr("Right")});
  connect(m_sides, &QComboBox::activated, this,
          [this](int index) { emit sidesChosen(static_cast<ShownHemispheres>(index)); });
  m_borders = addChoice(row, tr("Borders"), "bordersChoice", tr("Outlines of the cortex' regions"));
  m_borders->addItems({tr("None"), tr("Regions")});
  connect(m_borders, &QComboBox::activated, this,
          [this](int index) { change([&](BrainDisplay& d) { d.outlines = index == 1; }); });
  row->addStretch(1);
}

void BrainControls::makeHowRow(QHBoxLayout* row) {
  makeLagControl(row);
  makeMaskControl(row);
  makeWeakControls(row);
  makeLimitControl(row);
  row->addStretch(1);
  m_readout = look::note({}, this);
  m_readout->setObjectName(QStringLiteral("brainsReadout"));
  m_readout->setToolTip(tr("Time of the response shown by the brains, study time"));
  row->addWidget(m_readout);
}

void BrainControls::makeLagControl(QHBoxLayout* row) {
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

void BrainControls::makeMaskControl(QHBoxLayout* row) {
  m_mask = new QCheckBox(this);
  m_mask->setObjectName(QStringLiteral("maskControl"));
  connect(m_mask, &QCheckBox::clicked, this,
          [this](bool on) { change([&](BrainDisplay& d) { d.significantOnly = on; }); });
  row->addWidget(m_mask);
  row->addSpacing(8);
}

void BrainControls::makeWeakControls(QHBoxLayout* row) {
  m_weak = addChoice(
      row, tr("Weak values"), "weakChoice",
      tr("Values near zero: let them fade towards the cortex beneath, hide them, or show them like all "
         "others. The colour bar shows the fading over both greys of the cortex."));
  m_weak->addItems({tr("Fade"), tr("Hide"), tr("Show")});
  connect(m_weak, &QComboBox::activated, this,
          [this](int index) { change([&](BrainDisplay& d) { d.weak = static_cast<WeakValues>(index); }); });
  m_threshold =
      addNumber(row, tr("below"), "thresholdControl",
                tr("Values weaker than this fade or are hidden, in the layer's unit. Automatic: two fifths "
                   "of the limit."));
  m_threshold->setSpecialValueText(tr("auto"));
  m_threshold->setSingleStep(0.1);
  connect(m_threshold, &QDoubleSpinBox::valueChanged, this,
          [this](double value) { change([&](BrainDisplay& d) { d.threshold = value; }); });
}

void BrainControls::makeLimitControl(QHBoxLayout* row) {
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

void BrainControls::showDisplay() {
  const BrainDisplay& d = m_controller.display();
  const LayerInfo info = layerInfo(d.layer);
  const QSignalBlocker quietLag(m_lag), quietThreshold(m_threshold), quietLimit(m_limit);
  m_layer->setCurrentIndex(m_layer->findText(info.title));
  const bool voxels = showsMeansOfVoxels(m_controller.results());
  m_layer->setToolTip(
      tr("What the brains are coloured by. Now: %1 Unit: %2.").arg(info.explanation, info.unit) +
      (voxels ? tr(" Responses were kept as voxels: each vertex shows the weighted mean of what the voxels "
                   "around it have.")
              : QString()));
  m_surface->setCurrentIndex(d.inflated ? 0 : 1);
  m_borders->setCurrentIndex(d.outlines ? 1 : 0);
  m_lag->setValue(d.lagSec);
  m_lag->setEnabled(info.changesInTime);
  m_mask->setText(tr("Only q < %1").arg(m_controller.study().options.significanceLevel));
  m_mask->setEnabled(m_controller.canMask());
  m_mask->setChecked(m_controller.isMasked());
  m_mask->setToolTip(
      m_controller.canMask()
          ? tr("Show values only at vertices that the person's encoder predicts significantly in held-out "
               "runs "
               "(q: permutation p, adjusted for all vertices or voxels). Elsewhere one sees the cortex; "
               "numbers stay "
               "true.") +
                (voxels
                     ? tr(" Where voxels were kept, that of the voxel that weighs most at a vertex counts.")
                     : QString())
          : tr("Which vertices are significant is not known yet: that needs held-out runs, and Train."));
  m_weak->setCurrentIndex(static_cast<int>(d.weak));
  m_threshold->setEnabled(d.weak != WeakValues::Show);
  m_threshold->setRange(0, m_controller.colourLimit());
  m_threshold->setValue(d.threshold);
  m_limit->setValue(d.limit);
}

void BrainControls::showStudy() {
  m_layer->clear();
  for (std::size_t i = 0; i < kLayers.size(); ++i) {
    const LayerInfo info = layerInfo(kLayers[i]);
    if (!m_controller.isLayerAvailable(kLayers[i])) continue;
    m_layer->addItem(info.title, static_cast<int>(i));
    m_layer->setItemData(m_layer->count() - 1, info.explanation, Qt::ToolTipRole);
  }
  m_surface->setEnabled(m_controller.results().inflated.vertexCount() > 0);
  m_borders->setEnabled(!m_controller.results().regions.keys.empty());
  showDisplay();
}

void BrainControls::setReadout(const QString& text) {
  m_readout->setText(text);
}

}  // namespace cortexscope
