#include "panels/notice_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <algorithm>

#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

constexpr std::size_t kMostNamed = 3;

/// Labels without estimates in a study whose encoders are there.
std::vector<std::string> labelsToTrain(const LoadedStudy& loaded) {
  const bool trained = std::ranges::any_of(loaded.results.people, [](const PersonResults& person) { return person.predicted != nullptr; });
  std::vector<std::string> missing;
  for (const LabelTable& table : loaded.study.labels)
    for (const LabelItem& item : table.items) {
      const auto isIt = [&](const LabelEstimates& estimates) { return estimates.item.name == item.name; };
      if (trained && std::ranges::none_of(loaded.results.labels, isIt)) missing.push_back(item.title.empty() ? item.name : item.title);
    }
  return missing;
}

}  // namespace

QString shownList(const std::vector<std::string>& names, std::size_t most) {
  QStringList shown;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    shown.append(QString::fromStdString(names[i]));
  const QString list = shown.join(QStringLiteral(", "));
  return names.size() > most ? NoticePanel::tr("%1 and %2 more").arg(list, QString::number(names.size() - most)) : list;
}

NoticePanel::NoticePanel(StudyController& controller, QWidget* parent)
    : QFrame(parent),
      m_controller(controller),
      m_text(new QLabel(this)),
      m_train(new QPushButton(tr("Train"), this)) {
  setObjectName(QStringLiteral("noticePanel"));
  setProperty("card", true);
  setStyleSheet(QStringLiteral("QFrame#noticePanel { background: #FFF6E0; border-color: #E5C56B; }"));
  m_text->setObjectName(QStringLiteral("noticeText"));
  m_text->setWordWrap(true);
  m_text->setTextFormat(Qt::PlainText);
  m_train->setObjectName(QStringLiteral("noticeTrain"));
  m_train->setProperty("primary", true);
  auto* close = new QPushButton(tr("Close"), this);
  close->setObjectName(QStringLiteral("noticeClose"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 6, 8, 6);
  row->addWidget(m_text, 1);
  row->addWidget(m_train);
  row->addWidget(close);
  connect(m_train, &QPushButton::clicked, &controller, &StudyController::train);
  connect(close, &QPushButton::clicked, this, &QWidget::hide);
  connect(&controller, &StudyController::studyChanged, this, &NoticePanel::showStudy);
  const auto update = [this] { m_train->setEnabled(!m_controller.jobs().isRunning() && !hasErrors(m_controller.loaded().problems)); };
  for (const auto changed : {&JobRunner::finished, &JobRunner::cancelled}) connect(&controller.jobs(), changed, this, update);
  connect(&controller.jobs(), &JobRunner::started, this, update);
  connect(&controller.jobs(), &JobRunner::failed, this, update);
  connect(&controller, &StudyController::studyChanged, this, update);
  hide();
}

void NoticePanel::showStudy() {
  const LoadedStudy& loaded = m_controller.loaded();
  const std::vector<std::string> missing = labelsToTrain(loaded);
  const bool labelsAlone = loaded.outdated.empty() || loaded.outdated == std::vector<std::string>{"label estimates"};
  const bool outdated = !loaded.outdated.empty() || !missing.empty();
  setVisible(outdated || !loaded.outdatedUnknown.empty());
  m_train->setVisible(outdated);
  if (!missing.empty() && labelsAlone) {
    m_text->setText(tr("These labels have no estimates yet: %1. Train learns them.").arg(shownList(missing, kMostNamed)));
    m_text->setToolTip(plainTip(shownList(missing, missing.size())));
  } else if (outdated) {
    m_text->setText(
        tr("These results were computed from other inputs or options: %1. Train brings them up to date.")
            .arg(shownList(loaded.outdated, kMostNamed)));
    m_text->setToolTip(plainTip(shownList(loaded.outdated, loaded.outdated.size())));
  } else {
    m_text->setText(tr("Whether the results belong to the study's inputs could not be checked: %1")
                        .arg(QString::fromStdString(loaded.outdatedUnknown)));
    m_text->setToolTip({});
  }
}

}  // namespace cortexscope
