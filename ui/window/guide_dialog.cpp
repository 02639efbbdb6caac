#include "window/guide_dialog.h"

#include <QDir>
#include <QFile>
#include <QHBoxLayout>
#include <QListWidget>
#include <QSignalBlocker>
#include <QTextBrowser>
#include <QUrl>

namespace cortexscope {

namespace {

constexpr int kListWidth = 180;

/// The first heading of a page; its file's name if it has none.
QString titleOf(const QFileInfo& page) {
  QFile file(page.filePath());
  if (file.open(QIODevice::ReadOnly | QIODevice::Text))
    while (!file.atEnd()) {
      const QString line = QString::fromUtf8(file.readLine()).trimmed();
      if (line.startsWith(QLatin1String("# "))) return line.mid(2);
    }
  return page.completeBaseName();
}

}  // namespace

GuideDialog::GuideDialog(const QString& folder, QWidget* parent)
    : QDialog(parent), m_pages(new QListWidget(this)), m_text(new QTextBrowser(this)) {
  setObjectName(QStringLiteral("guideDialog"));
  setWindowTitle(tr("Guide"));
  setAttribute(Qt::WA_DeleteOnClose);
  resize(980, 720);
  m_pages->setObjectName(QStringLiteral("guidePages"));
  m_pages->setFixedWidth(kListWidth);
  m_text->setObjectName(QStringLiteral("guideText"));
  m_text->setOpenExternalLinks(true);
  m_text->document()->setDocumentMargin(16);
  auto* layout = new QHBoxLayout(this);
  layout->addWidget(m_pages);
  layout->addWidget(m_text, 1);
  connect(m_pages, &QListWidget::currentRowChanged, this, &GuideDialog::showPage);
  connect(m_text, &QTextBrowser::sourceChanged, this, &GuideDialog::markPage);
  fillPages(folder);
}

void GuideDialog::fillPages(const QString& folder) {
  const QDir pages(folder);
  for (const QFileInfo& page : pages.entryInfoList({QStringLiteral("*.md")}, QDir::Files, QDir::Name)) {
    auto* item = new QListWidgetItem(titleOf(page));
    item->setData(Qt::UserRole, QUrl::fromLocalFile(page.absoluteFilePath()));
    if (page.fileName() == QLatin1String("index.md"))
      m_pages->insertItem(0, item);
    else
      m_pages->addItem(item);
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
  const QSignalBlocker quiet(m_pages);
  for (int row = 0; row < m_pages->count(); ++row)
    if (m_pages->item(row)->data(Qt::UserRole).toUrl().path() == page.path()) m_pages->setCurrentRow(row);
}

}  // namespace cortexscope
