// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "control/study_controller.h"
#include "ui/fixture_study.h"
#include "ui/widget_in.h"

namespace cortexscope::test {

/// One panel alone on the fixture study, as large as a test needs it.
template <class Panel>
class PanelStage {
 public:
  explicit PanelStage(QSize size = {480, 320}) {
    panel.resize(size);
    panel.show();
  }

  void show(const LoadedStudy& loaded) {
    controller.setLoaded(loaded);
    QCoreApplication::processEvents();
  }
  void showFixture() { show(fixture.loaded()); }
  /// Measured and predicted results of people, without labels that say more.
  const LabelEstimates& label(int which) const { return controller.results().labels[std::size_t(which)]; }

  template <class Widget = QWidget>
  Widget& find(const char* name) {
    return widgetIn<Widget>(panel, name);
  }
  QString textOf(const char* name) { return find(name).property("text").toString(); }

  FixtureStudy fixture{false};
  StudyController controller{StudyActions{}};
  Panel panel{controller};
};

/// Names as nobody should choose them, but files do hold.
inline LoadedStudy withStrangeNames(LoadedStudy loaded) {
  for (std::size_t p = 0; p < loaded.results.people.size(); ++p)
    loaded.results.people[p].id = "<b>%2 & " + textOf(p) + "</b>";
  for (LabelEstimates& label : loaded.results.labels) label.item.title = "<i>%1%2 & %3</i>";
  for (Stimulus& stimulus : loaded.study.stimuli) stimulus.title = "<u>%1 & %2</u>";
  loaded.results.regions.regions[0].name = loaded.results.regions.regions[1].name = "<s>%3</s>";
  return loaded;
}

}  // namespace cortexscope::test
