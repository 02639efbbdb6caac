// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/guide_dialog.h"

#include <QDir>
#include <QFile>
#include <QHBoxLayout>
#include <QListWidget>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextTable>
#include <QUrl>
#include <algorithm>
#include <limits>

#include "widgets/look.h"

namespace cortexscope {

namespace {

constexpr int kListWidth = 180;
constexpr QLatin1String kIndex("index.md");

QString contentsOf(const QFileInfo& page) {
  QFile file(page.filePath());
  return file.open(QIODevice::ReadOnly | QIODevice::Text) ? QString::fromUtf8(file.readAll()) : QString();
}

/// The first heading of a page; its file's name if it has none.
QString titleOf(const QFileInfo& page) {
  static const QRegularExpression heading(QStringLiteral("^# (.+)$"), QRegularExpression::MultilineOption);
  const QRegularExpressionMatch found = heading.match(contentsOf(page));
  return found.hasMatch() ? found.captured(1).trimmed() : page.completeBaseName();
}

/// The index first, then pages in the order in which it links to them, then all others by name.
QFileInfoList pagesIn(const QDir& folder) {
  QFileInfoList pages = folder.entryInfoList({QStringLiteral("*.md")}, QDir::Files, QDir::Name);
  const QString index = contentsOf(QFileInfo(folder, QString(kIndex)));
  const auto place = [&index](const QFileInfo& page) {
    if (page.fileName() == kIndex) return -1;
    const auto at = index.indexOf(QStringLiteral("](%1)").arg(page.fileName()));
    return at < 0 ? std::numeric_limits<int>::max() : int(at);
  };
  std::stable_sort(pages.begin(), pages.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return pages;
}

/// Thin lines around cells with room in them, code on grey, air below headings: Markdown says nothing of
/// looks.
void dress(QTextDocument& page) {
  for (QTextFrame* frame : page.rootFrame()->childFrames())
    if (auto* table = qobject_cast<QTextTable*>(frame)) {
      QTextTableFormat format = table->format();
      format.setBorderCollapse(true);
      format.setBorderBrush(look::kLine);
      format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
      format.setCellPadding(5);
      format.setTopMargin(6);
      table->setFormat(format);
    }
  for (QTextBlock block = page.begin(); block.isValid(); block = block.next()) {
    QTextBlockFormat format = block.blockFormat();
    if (format.hasProperty(QTextFormat::BlockCodeLanguage)) format.setBackground(look::kPage);
    if (format.headingLevel() > 0) format.setBottomMargin(6);
    if (format != block.blockFormat()) QTextCursor(block).setBlockFormat(format);
  }
}

}  // namespace

GuideDialog::GuideDialog(const QString& folder, QWidget* parent)
    : QDialog(parent), m_pages(new QListWidget(this)), m_text(new QTextBrowser(this)) {
  setObjectName(QStringLiteral("guideDialog"));
  setWindowTitle(tr("Guide"));
  setAttribute(Qt::WA_DeleteOnClose);
  resize(1140, 720);  // code of 115 letters beside the list, on a screen of 1280 x 800
  m_pages->setObjectName(QStringLiteral("guidePages"));
  m_pages->setFixedWidth(kListWidth);
  m_text->setObjectName(QStringLiteral("guideText"));
  m_text->setOpenExternalLinks(true);
  m_text->document()->setDocumentMargin(16);
  m_text->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);  // names in cells of tables
  auto* layout = new QHBoxLayout(this);
  layout->addWidget(m_pages);
  layout->addWidget(m_text, 1);
  connect(m_pages, &QListWidget::currentRowChanged, this, &GuideDialog::showPage);
  connect(m_text, &QTextBrowser::sourceChanged, this, &GuideDialog::markPage);
  fillPages(folder);
}

void GuideDialog::fillPages(const QString& folder) {
  for (const QFileInfo& page : pagesIn(QDir(folder))) {
    auto* item = new QListWidgetItem(titleOf(page), m_pages);
    item->setData(Qt::UserRole, QUrl::fromLocalFile(page.absoluteFilePath()));
  }
  if (m_pages->count() > 0)
    m_pages->setCurrentRow(0);
  else
    m_text->setPlainText(tr("The guide's pages are not there: %1").arg(QDir::toNativeSeparators(folder)));
}

void GuideDialog::showPage(int row) {
  if (const QListWidgetItem* item = m_pages->item(row))
    m_text->setSource(item->data(Qt::UserRole).toUrl(), QTextDocument::MarkdownResource);
}

void GuideDialog::markPage(const QUrl& page) {
  dress(*m_text->document());
  const QSignalBlocker quiet(m_pages);
  for (int row = 0; row < m_pages->count(); ++row)
    if (m_pages->item(row)->data(Qt::UserRole).toUrl().path() == page.path()) m_pages->setCurrentRow(row);
}

}  // namespace cortexscope
