// SPDX-License-Identifier: GPL-3.0-or-later
#include "import_dialog/array_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/look.h"
#include "widgets/shown_text.h"

namespace cortexscope {

namespace {

enum Role { Path = Qt::UserRole, Search };

constexpr int kMostExpanded = 300;
constexpr std::size_t kDeepest = 10;  // deeper paths stay together in one name
constexpr int kAroundRow = 10;
constexpr int kSearchAfterMs = 150;  // the last key: each search looks at all paths
constexpr std::size_t kSearchBefore = 12;

QString shownSizes(const std::vector<std::int64_t>& shape) {
  QStringList sizes;
  for (const std::int64_t size : shape) sizes.append(QLocale(QLocale::English).toString(qlonglong(size)));
  return sizes.isEmpty() ? ArrayDialog::tr("single value") : sizes.join(QStringLiteral(" × "));
}

std::vector<std::string> partsOf(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  for (std::size_t at = path.find('/'); at != std::string::npos && parts.size() + 1 < kDeepest;
       at = path.find('/', start)) {
    if (at > start) parts.push_back(path.substr(start, at - start));
    start = at + 1;
  }
  parts.push_back(path.substr(start));
  return parts;
}

QString meaningOf(const FileFacts::Dataset& array) {
  if (!whyNoRun(array).empty()) return ArrayDialog::tr("no run");
  const QLocale english(QLocale::English);
  return ArrayDialog::tr("%1 samples × %2 values")
      .arg(english.toString(qlonglong(array.shape[0])), english.toString(qlonglong(array.shape[1])));
}

}  // namespace

ArrayDialog::ArrayDialog(std::vector<ImportArrayFile> files, QWidget* parent)
    : QDialog(parent),
      m_files(std::move(files)),
      m_file(new QComboBox(this)),
      m_search(new QLineEdit(this)),
      m_arrays(new QStandardItemModel(this)),
      m_found(new QSortFilterProxyModel(this)),
      m_tree(new QTreeView(this)),
      m_what(look::note({}, this)),
      m_alone(new QCheckBox(tr("For this file alone"), this)) {
  setObjectName(QStringLiteral("arrayDialog"));
  setWindowTitle(tr("Data set – CortexScope"));
  resize(760, 520);
  setMinimumSize(560, 400);
  auto* layout = new QVBoxLayout(this);
  auto* row = new QHBoxLayout;
  m_file->setObjectName(QStringLiteral("arrayFile"));
  m_file->setAccessibleName(tr("File"));
  m_file->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_file->setMinimumContentsLength(24);
  for (const ImportArrayFile& each : m_files) m_file->addItem(shownName(each.file.generic_string()));
  m_file->setEnabled(m_files.size() > 1);
  m_search->setObjectName(QStringLiteral("arraySearch"));
  m_search->setPlaceholderText(tr("Search data sets"));
  m_search->setAccessibleName(tr("Search data sets"));
  m_search->setClearButtonEnabled(true);
  row->addWidget(m_file, 3);
  row->addWidget(m_search, 2);
  layout->addLayout(row);
  makeTree();
  layout->addWidget(m_tree, 1);
  m_what->setObjectName(QStringLiteral("arrayWhat"));
  m_what->setWordWrap(true);
  m_what->setTextFormat(Qt::PlainText);
  layout->addWidget(m_what);
  m_alone->setObjectName(QStringLiteral("arrayAlone"));
  m_alone->setToolTip(tr("Otherwise the choice holds for every file that has a data set of this path"));
  m_alone->setVisible(m_files.size() > 1);
  layout->addWidget(m_alone);
  layout->addWidget(makeButtons());
  connect(m_file, &QComboBox::currentIndexChanged, this, &ArrayDialog::showFile);
  m_wait.setSingleShot(true);
  m_wait.setInterval(kSearchAfterMs);
  connect(m_search, &QLineEdit::textChanged, &m_wait, qOverload<>(&QTimer::start));
  connect(&m_wait, &QTimer::timeout, this, &ArrayDialog::search);
  showFile();
}

void ArrayDialog::makeTree() {
  m_found->setFilterRole(Search);
  m_found->setFilterCaseSensitivity(Qt::CaseInsensitive);
  m_found->setRecursiveFilteringEnabled(true);
  m_tree->setObjectName(QStringLiteral("arrayTree"));
  m_tree->setAccessibleName(tr("Groups and data sets"));
  m_tree->setUniformRowHeights(true);  // else thousands of rows are measured one by one
  m_tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_tree->setAlternatingRowColors(true);
  m_tree->setTextElideMode(Qt::ElideMiddle);
  connect(m_tree, &QTreeView::doubleClicked, this, [this](const QModelIndex& index) {
    if (index.flags().testFlag(Qt::ItemIsSelectable)) accept();
  });
}

QWidget* ArrayDialog::makeButtons() {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  auto* cancel = new QPushButton(tr("Cancel"), box);
  cancel->setObjectName(QStringLiteral("arrayCancel"));
  m_use = new QPushButton(tr("Use as responses"), box);
  m_use->setObjectName(QStringLiteral("arrayUse"));
  m_use->setProperty("primary", true);
  m_use->setDefault(true);
  row->addStretch(1);
  row->addWidget(cancel);
  row->addWidget(m_use);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(m_use, &QPushButton::clicked, this, &QDialog::accept);
  return box;
}

const ImportArrayFile& ArrayDialog::file() const {
  return m_files[static_cast<std::size_t>(std::max(0, m_file->currentIndex()))];
}

void ArrayDialog::showFile() {
  m_tree->setModel(nullptr);  // a view or a search that follows each new row makes thousands slow
  m_found->setSourceModel(nullptr);
  m_search->clear();
  m_wait.stop();
  m_found->setFilterFixedString({});
  m_arrays->clear();
  m_groups.clear();
  m_arrays->setHorizontalHeaderLabels({tr("Data set"), tr("Size"), tr("Type"), tr("As responses")});
  const std::vector<std::string>& taken = file().taken;
  for (const FileFacts::Dataset& array : file().arrays)
    addArray(array, std::find(taken.begin(), taken.end(), array.name) != taken.end());
  m_found->setSourceModel(m_arrays);
  m_tree->setModel(m_found);
  connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ArrayDialog::showChoice);
  m_tree->header()->setStretchLastSection(false);
  m_tree->header()->setSectionResizeMode(Name, QHeaderView::Stretch);
  for (const int column : {Sizes, Type, Meaning})
    m_tree->header()->setSectionResizeMode(column, QHeaderView::Interactive);
  m_tree->setColumnWidth(Sizes, 130);
  m_tree->setColumnWidth(Type, 80);
  m_tree->setColumnWidth(Meaning, 190);
  if (file().arrays.size() <= kMostExpanded) m_tree->expandAll();
  m_search->setVisible(file().arrays.size() >= kSearchBefore);
  m_tree->setCurrentIndex(m_found->index(0, 0));
  m_tree->setFocus();
  showChoice();
}

QSize ArrayDialog::rowSize() const {
  return {0, m_tree->fontMetrics().height() + kAroundRow};
}

QStandardItem* ArrayDialog::groupFor(const std::vector<std::string>& parts) {
  QStandardItem* group = m_arrays->invisibleRootItem();
  QByteArray path;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    path += QByteArray::fromStdString(parts[i]) + '/';
    QStandardItem*& known = m_groups[path];
    if (known == nullptr) {
      QList<QStandardItem*> row{new QStandardItem(shownName(parts[i]))};
      row.front()->setSizeHint(rowSize());
      for (int column = 1; column < ColumnCount; ++column) row.append(new QStandardItem);
      for (QStandardItem* cell : row) cell->setFlags(Qt::ItemIsEnabled);
      group->appendRow(row);
      known = row.front();
    }
    group = known;
  }
  return group;
}

void ArrayDialog::addArray(const FileFacts::Dataset& array, bool taken) {
  const std::vector<std::string> parts = partsOf(array.name);
  const QString why = shownName(whyNoRun(array), 400), path = shownName(array.name, 400);
  const QString tip = plainTip(why.isEmpty() ? path : tr("%1: %2").arg(path, why));
  const QString texts[] = {parts.back().empty() ? tr("(no name)") : shownName(parts.back()),
                           shownSizes(array.shape), shownName(array.dtype, 24),
                           taken ? tr("%1 ✓").arg(meaningOf(array)) : meaningOf(array)};
  QList<QStandardItem*> row;
  for (const QString& text : texts) {
    auto* cell = new QStandardItem(text);
    cell->setFlags(why.isEmpty() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags);
    cell->setToolTip(tip);
    row.append(cell);
  }
  row.front()->setSizeHint(rowSize());
  row.front()->setData(QByteArray::fromStdString(array.name), Path);
  row.front()->setData(path, Search);
  groupFor(parts)->appendRow(row);
}

void ArrayDialog::search() {
  const QString text = m_search->text().trimmed();
  m_found->setFilterFixedString(text);
  if (!text.isEmpty() && file().arrays.size() <= 20 * kMostExpanded) m_tree->expandAll();
  showChoice();
}

std::vector<std::string> ArrayDialog::selected() const {
  std::vector<std::string> paths;
  for (const QModelIndex& row : m_tree->selectionModel()->selectedRows(Name))
    if (const QVariant path = row.data(Path); path.isValid())
      paths.push_back(path.toByteArray().toStdString());
  return paths;
}

void ArrayDialog::showChoice() {
  const std::vector<std::string> paths = selected();
  m_use->setEnabled(!paths.empty());
  if (paths.empty()) {
    m_what->setText(
        tr("Choose the data set that holds the responses, samples × values. ✓ marks what is taken now."));
    return;
  }
  if (paths.size() > 1) return m_what->setText(tr("%1 data sets: each becomes a run.").arg(paths.size()));
  const auto holds = [&](const ImportArrayFile& each) {
    return std::ranges::any_of(each.arrays,
                               [&](const FileFacts::Dataset& array) { return array.name == paths.front(); });
  };
  m_what->setText(tr("%1, in %2 of %3 files.")
                      .arg(shownName(paths.front()))
                      .arg(std::ranges::count_if(m_files, holds))
                      .arg(m_files.size()));
}

std::vector<ArrayChoice> ArrayDialog::choicesAfter(std::vector<ArrayChoice> before) const {
  const std::string own = file().file.generic_string();
  const auto isHere = [&](const ArrayChoice& choice) {
    return std::ranges::any_of(file().arrays,
                               [&](const FileFacts::Dataset& array) { return array.name == choice.array; });
  };
  const bool alone = m_alone->isChecked() && m_files.size() > 1;
  std::erase_if(before, [&](const ArrayChoice& choice) {
    return choice.file.empty() ? !alone && isHere(choice) : namesFile(choice, file().file);
  });
  for (const std::string& path : selected()) before.push_back({alone ? own : std::string(), path});
  return before;
}

}  // namespace cortexscope
