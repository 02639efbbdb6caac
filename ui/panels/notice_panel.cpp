// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/notice_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <algorithm>

#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

constexpr std::size_t kMostNamed = 3;

/// People who could be trained as others were.
std::vector<std::string> peopleToTrain(const LoadedStudy& loaded) {
  const std::vector<PersonResults>& people = loaded.results.people;
  std::vector<std::string> missing;
  if (std::ranges::none_of(people, [](const PersonResults& person) { return person.predicted != nullptr; }))
    return missing;
  for (const PersonResults& person : people)
    if (person.measured && !person.predicted) missing.push_back(person.id);
  return missing;
}

/// Labels without estimates in a study whose encoders are there.
std::vector<std::string> labelsToTrain(const LoadedStudy& loaded) {
  const bool trained = std::ranges::any_of(
      loaded.results.people, [](const PersonResults& person) { return person.predicted != nullptr; });
  std::vector<std::string> missing;
  for (const LabelTable& table : loaded.study.labels)
    for (const LabelItem& item : table.items) {
      const auto isIt = [&](const LabelEstimates& estimates) { return estimates.item.name == item.name; };
      if (trained && std::ranges::none_of(loaded.results.labels, isIt))
        missing.push_back(item.title.empty() ? item.name : item.title);
    }
  return missing;
}

}  // namespace

QString shownList(const std::vector<std::string>& names, std::size_t most) {
  QStringList shown;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    shown.append(QString::fromStdString(names[i]));
  const QString list = shown.join(QStringLiteral(", "));
  return names.size() > most
             ? NoticePanel::tr("%1 and %2 more").arg(list, QString::number(names.size() - most))
             : list;
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
  const auto enable = [this] { m_train->setEnabled(m_controller.canTrain()); };
  connect(&controller.jobs(), &JobRunner::started, this, enable);
  for (const auto ended : {&JobRunner::finished, &JobRunner::cancelled})
    connect(&controller.jobs(), ended, this, enable);
  connect(&controller.jobs(), &JobRunner::failed, this, enable);
  hide();
}

void NoticePanel::showStudy() {
  const LoadedStudy& loaded = m_controller.loaded();
  const std::vector<std::string> people = peopleToTrain(loaded), labels = labelsToTrain(loaded);
  const bool labelsAlone =
      loaded.outdated.empty() || loaded.outdated == std::vector<std::string>{"label estimates"};
  QStringList sentences, all;
  const auto say = [&](const QString& sentence, const std::vector<std::string>& names) {
    sentences.append(sentence.arg(shownList(names, kMostNamed)));
    all.append(shownList(names, names.size()));
  };
  if (!people.empty()) say(tr("Not trained yet: %1. Train learns what is missing."), people);
  if (!labels.empty() && labelsAlone)
    say(tr("These labels have no estimates yet: %1. Train learns them."), labels);
  else if (!loaded.outdated.empty() && !(labelsAlone && !people.empty()))
    say(tr("These results were computed from other inputs or options: %1. Train brings them up to date."),
        loaded.outdated);
  m_train->setVisible(!sentences.isEmpty());
  m_train->setEnabled(m_controller.canTrain());
  m_text->setToolTip(plainTip(all.join('\n')));
  if (sentences.isEmpty() && !loaded.outdatedUnknown.empty())
    sentences.append(tr("Whether the results belong to the study's inputs could not be checked: %1")
                         .arg(QString::fromStdString(loaded.outdatedUnknown)));
  m_text->setText(sentences.join(' '));
  setVisible(!sentences.isEmpty());
}

}  // namespace cortexscope
