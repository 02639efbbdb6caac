// SPDX-License-Identifier: GPL-3.0-or-later
#include "import_dialog/cleaning_editor.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include "base/error.h"
#include "widgets/look.h"
#include "widgets/number_box.h"

namespace cortexscope {

namespace {

/// One of each kind, as new steps begin.
const std::vector<CleaningStep>& freshSteps() {
  static const std::vector<CleaningStep> steps{DropFirst{4},           DetrendPolynomial{}, DetrendCosine{},
                                               DetrendSavitzkyGolay{}, RegressConfounds{},  ZScore{},
                                               AverageRepeats{}};
  return steps;
}

QString shownStep(const CleaningStep& step) {
  QString text = QString::fromStdString(describe(step));
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

std::vector<std::string> columnsIn(const QString& text) {
  std::vector<std::string> columns;
  for (const QString& column : text.split(',', Qt::SkipEmptyParts))
    if (!column.trimmed().isEmpty()) columns.push_back(column.trimmed().toStdString());
  return columns;
}

}  // namespace

CleaningEditor::CleaningEditor(QWidget* parent) : QWidget(parent), m_list(new QListWidget(this)) {
  setObjectName(QStringLiteral("cleaningEditor"));
  m_list->setObjectName(QStringLiteral("cleaningList"));
  m_list->setSpacing(2);
  m_list->setAccessibleName(tr("Steps by which responses are cleaned"));
  m_problem = new QLabel(this);
  m_problem->setObjectName(QStringLiteral("cleaningProblem"));
  m_problem->setWordWrap(true);
  m_problem->setStyleSheet(QStringLiteral("color: #B3261E;"));
  auto* fields = new QWidget(this);
  m_parameters = new QVBoxLayout(fields);
  m_parameters->setContentsMargins(0, 0, 0, 0);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(look::note(
      tr("Done to every run by itself, from top to bottom. Standard steps are there already."), this));
  layout->addWidget(m_list, 1);
  layout->addWidget(makeButtons());
  layout->addWidget(fields);
  layout->addWidget(m_problem);
  connect(m_list, &QListWidget::currentRowChanged, this, &CleaningEditor::showParameters);
  fillList(-1);
}

QWidget* CleaningEditor::makeButtons() {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  const auto button = [&](const char* name, const QString& text, const QKeySequence& key, auto clicked) {
    auto* made = new QPushButton(text, box);
    made->setObjectName(QString::fromLatin1(name));
    made->setShortcut(key);
    made->setToolTip(
        key.isEmpty() ? text : QStringLiteral("%1 (%2)").arg(text, key.toString(QKeySequence::NativeText)));
    connect(made, &QPushButton::clicked, this, clicked);
    row->addWidget(made);
    return made;
  };
  auto* add = button("cleaningAdd", tr("Add step"), {}, [] {});
  auto* menu = new QMenu(add);
  for (const CleaningStep& step : freshSteps())
    connect(menu->addAction(shownStep(step)), &QAction::triggered, this, [this, step] {
      CleaningPlan next = plan();
      const int place = m_list->currentRow() < 0 ? m_list->count() : m_list->currentRow() + 1;
      next.insert(next.begin() + place, step);
      change(std::move(next), place);
    });
  add->setMenu(menu);
  m_remove = button("cleaningRemove", tr("Remove"), {}, [this] {
    CleaningPlan next = plan();
    next.erase(next.begin() + m_list->currentRow());
    change(std::move(next), std::min(m_list->currentRow(), m_list->count() - 2));
  });
  m_up = button("cleaningUp", tr("Up"), {}, [this] { move(-1); });
  m_down = button("cleaningDown", tr("Down"), {}, [this] { move(1); });
  row->addStretch(1);
  m_undo = button("cleaningUndo", tr("Undo"), QKeySequence::Undo, [this] { go(m_now - 1); });
  m_redo = button("cleaningRedo", tr("Redo"), QKeySequence::Redo, [this] { go(m_now + 1); });
  return box;
}

void CleaningEditor::setPlan(const CleaningPlan& plan) {
  m_plans = {plan};
  m_now = 0;
  fillList(-1);
}

QString CleaningEditor::problem() const {
  try {
    checkPlan(plan());
  } catch (const Error& error) {
    return QString::fromStdString(error.what());
  }
  return {};
}

void CleaningEditor::change(CleaningPlan plan, int selected) {
  if (plan == this->plan()) return;
  remember(std::move(plan));
  fillList(selected);
  emit planChanged();
}

void CleaningEditor::remember(CleaningPlan plan) {
  m_plans.resize(m_now + 1);
  m_plans.push_back(std::move(plan));
  ++m_now;
}

void CleaningEditor::go(std::size_t to) {
  m_now = to;
  fillList(m_list->currentRow());
  emit planChanged();
}

void CleaningEditor::move(int by) {
  CleaningPlan next = plan();
  const int row = m_list->currentRow();
  std::swap(next[static_cast<std::size_t>(row)], next[static_cast<std::size_t>(row + by)]);
  change(std::move(next), row + by);
}

/// The fields of the step stay as they are, and with them what the user is typing.
void CleaningEditor::replaceStep(int row, const CleaningStep& step) {
  if (row != m_list->currentRow()) return;
  CleaningPlan next = plan();
  next[static_cast<std::size_t>(row)] = step;
  if (next == plan()) return;
  remember(std::move(next));
  m_list->item(row)->setText(QStringLiteral("%1. %2").arg(row + 1).arg(shownStep(step)));
  showState();
  emit planChanged();
}

void CleaningEditor::fillList(int selected) {
  {
    const QSignalBlocker filling(m_list);
    m_list->clear();
    int number = 0;
    for (const CleaningStep& step : plan())
      m_list->addItem(QStringLiteral("%1. %2").arg(++number).arg(shownStep(step)));
    m_list->setCurrentRow(std::min(selected, m_list->count() - 1));
  }
  showState();
  showParameters();
}

void CleaningEditor::showState() {
  m_problem->setText(problem());
  m_problem->setVisible(!m_problem->text().isEmpty());
  m_undo->setEnabled(m_now > 0);
  m_redo->setEnabled(m_now + 1 < m_plans.size());
}

void CleaningEditor::addNumber(const QString& title, const NumberRange& range, double value, StepMaker made) {
  auto* field = new NumberBox;
  field->setObjectName(QStringLiteral("cleaningNumber"));
  field->setAccessibleName(title);
  field->setRange(range.least, range.most);
  field->setDecimals(range.decimals);
  field->setSuffix(range.unit);
  field->setValue(value);
  field->setKeyboardTracking(false);
  field->setMaximumWidth(160);
  auto* row = new QWidget;
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(new QLabel(title));
  layout->addWidget(field);
  layout->addStretch(1);
  m_parameters->addWidget(row);
  connect(field, &QDoubleSpinBox::valueChanged, this,
          [this, step = m_list->currentRow(), made = std::move(made)](double number) {
            replaceStep(step, made(number));
          });
}

void CleaningEditor::addColumns(const RegressConfounds& confounds) {
  auto* columns = new QLineEdit(QString::fromStdString(commaSeparated(confounds.columns)));
  columns->setObjectName(QStringLiteral("cleaningColumns"));
  columns->setAccessibleName(tr("Columns of the confound table"));
  columns->setPlaceholderText(tr("all"));
  m_parameters->addWidget(new QLabel(tr("Columns of the confound table, with commas between")));
  m_parameters->addWidget(columns);
  connect(columns, &QLineEdit::editingFinished, this, [this, columns, step = m_list->currentRow()] {
    replaceStep(step, RegressConfounds{columnsIn(columns->text())});
  });
}

void CleaningEditor::showParameters() {
  while (QLayoutItem* item = m_parameters->takeAt(0)) {
    item->widget()->hide();
    item->widget()->deleteLater();
    delete item;
  }
  const int row = m_list->currentRow();
  m_remove->setEnabled(row >= 0);
  m_up->setEnabled(row > 0);
  m_down->setEnabled(row >= 0 && row + 1 < m_list->count());
  if (row < 0) return;
  const CleaningStep step = plan()[static_cast<std::size_t>(row)];
  if (const auto* drop = std::get_if<DropFirst>(&step))
    addNumber(tr("Volumes to drop"), {0, 1000}, double(drop->volumes),
              [](double n) { return DropFirst{Index(n)}; });
  if (const auto* fit = std::get_if<DetrendPolynomial>(&step))
    addNumber(tr("Order"), {0, 20}, fit->order, [](double n) { return DetrendPolynomial{int(n)}; });
  if (const auto* cosine = std::get_if<DetrendCosine>(&step))
    addNumber(tr("Shortest period taken out"), {1, 1e5, 1, tr(" s")}, cosine->cutoffSec,
              [](double n) { return DetrendCosine{n}; });
  if (const auto* smooth = std::get_if<DetrendSavitzkyGolay>(&step)) {
    // Each field keeps what the other one says by then; it may outlive its step by a moment.
    const auto now = [this, place = static_cast<std::size_t>(row), before = *smooth] {
      const auto* there = place < plan().size() ? std::get_if<DetrendSavitzkyGolay>(&plan()[place]) : nullptr;
      return there != nullptr ? *there : before;
    };
    addNumber(tr("Window"), {1, 1e5, 1, tr(" s")}, smooth->windowSec, [now](double n) {
      return DetrendSavitzkyGolay{n, now().order};
    });
    addNumber(tr("Order"), {0, 20}, smooth->order, [now](double n) {
      return DetrendSavitzkyGolay{now().windowSec, int(n)};
    });
  }
  if (const auto* confounds = std::get_if<RegressConfounds>(&step)) addColumns(*confounds);
}

}  // namespace cortexscope
