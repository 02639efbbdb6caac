// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDesktopServices>
#include <QListWidget>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextBrowser>
#include <QtTest>

// After Qt's headers: it draws in a namespace of its own.
#include <qcustomplot.h>

#include "ui/window_stage.h"
#include "window/guide_dialog.h"

using namespace cortexscope;
using namespace cortexscope::test;

class TestGuideDialog : public QObject {
  Q_OBJECT

 public slots:
  void openOutside(const QUrl& url) { m_outside = url; }

 private slots:
  void pagesAndLinks();
  void missingFolderIsSaid();
  void everyLinkOfTheGuideLeadsSomewhere();
  void everyPageOfTheGuideIsInTheIndex();
  void nothingIsCut();
  void keyOpensItOnce();

 private:
  QUrl m_outside;
};

namespace {

void write(const QString& file, const QByteArray& text) {
  QFile out(file);
  QVERIFY(out.open(QIODevice::WriteOnly));
  out.write(text);
}

void clickOn(QTextBrowser& text, const QString& words) {
  QTextCursor cursor = text.document()->find(words);
  QVERIFY2(!cursor.isNull(), qPrintable(words));
  cursor.setPosition(cursor.selectionStart() + 1);
  QTest::mouseClick(text.viewport(), Qt::LeftButton, {}, text.cursorRect(cursor).center());
}

QStringList linksIn(const QTextDocument& document) {
  QStringList links;
  for (QTextBlock block = document.begin(); block.isValid(); block = block.next())
    for (auto part = block.begin(); !part.atEnd(); ++part)
      if (part.fragment().charFormat().isAnchor()) links.append(part.fragment().charFormat().anchorHref());
  return links;
}

}  // namespace

void TestGuideDialog::pagesAndLinks() {
  QTemporaryDir folder;
  write(folder.filePath("index.md"), "# The start\n\nFirst [the end](z-end.md).\n");
  write(folder.filePath("a-middle.md"), "Text without a heading.\n");
  write(folder.filePath("z-end.md"), "# The end\n\nSee [the web](https://example.org/x).\n");
  GuideDialog dialog(folder.path());
  dialog.show();
  auto& pages = *dialog.findChild<QListWidget*>("guidePages");
  auto& text = *dialog.findChild<QTextBrowser*>("guideText");
  QCOMPARE(pages.count(), 3);
  QCOMPARE(pages.item(0)->text(), QString("The start"));
  QCOMPARE(pages.item(1)->text(), QString("The end"));  // as the index has it
  QCOMPARE(pages.item(2)->text(), QString("a-middle"));
  QVERIFY(text.toPlainText().startsWith("The start"));
  QVERIFY(QTest::qWaitForWindowExposed(&dialog));
  clickOn(text, "the end");
  QVERIFY2(text.toPlainText().startsWith("The end"), qPrintable(text.toPlainText()));
  QCOMPARE(pages.currentRow(), 1);
  QDesktopServices::setUrlHandler("https", this, "openOutside");
  clickOn(text, "the web");
  QDesktopServices::unsetUrlHandler("https");
  QCOMPARE(m_outside, QUrl("https://example.org/x"));
  QVERIFY(text.toPlainText().startsWith("The end"));
  pages.setCurrentRow(2);
  QVERIFY(text.toPlainText().startsWith("Text without"));
}

void TestGuideDialog::missingFolderIsSaid() {
  GuideDialog dialog("nowhere/at/all");
  QVERIFY(dialog.findChild<QTextBrowser*>("guideText")->toPlainText().contains("nowhere"));
}

void TestGuideDialog::everyLinkOfTheGuideLeadsSomewhere() {
  const QDir guide(QStringLiteral(CORTEXSCOPE_GUIDE));
  GuideDialog dialog(guide.path());
  auto& pages = *dialog.findChild<QListWidget*>("guidePages");
  auto& text = *dialog.findChild<QTextBrowser*>("guideText");
  QVERIFY(pages.count() >= 3);
  for (int row = 0; row < pages.count(); ++row) {
    pages.setCurrentRow(row);
    QVERIFY(text.toPlainText().size() > 200);
    for (const QString& link : linksIn(*text.document()))
      QVERIFY2(link.startsWith("https://") || guide.exists(link), qPrintable(link));
  }
}

void TestGuideDialog::everyPageOfTheGuideIsInTheIndex() {
  const QDir guide(QStringLiteral(CORTEXSCOPE_GUIDE));
  GuideDialog dialog(guide.path());
  const QStringList links = linksIn(*dialog.findChild<QTextBrowser*>("guideText")->document());
  for (const QString& page : guide.entryList({"*.md"}))
    QVERIFY2(page == "index.md" || links.count(page) == 1, qPrintable(page));
}

/// In the size that it opens with: no page is wider than its place, no line of code is broken.
void TestGuideDialog::nothingIsCut() {
  GuideDialog dialog(QStringLiteral(CORTEXSCOPE_GUIDE));
  QVERIFY(dialog.width() < 1280 && dialog.height() < 800);
  dialog.show();
  auto& pages = *dialog.findChild<QListWidget*>("guidePages");
  auto& text = *dialog.findChild<QTextBrowser*>("guideText");
  int codeLines = 0;
  for (int row = 0; row < pages.count(); ++row) {
    pages.setCurrentRow(row);
    QCoreApplication::processEvents();
    QCOMPARE(text.horizontalScrollBar()->maximum(), 0);
    for (QTextBlock block = text.document()->begin(); block.isValid(); block = block.next())
      if (block.blockFormat().hasProperty(QTextFormat::BlockCodeLanguage)) {
        ++codeLines;
        QVERIFY2(block.layout()->lineCount() == 1, qPrintable(block.text()));
      }
  }
  QVERIFY(codeLines > 50);
}

void TestGuideDialog::keyOpensItOnce() {
  WindowOptions options;
  options.guide = CORTEXSCOPE_GUIDE;
  WindowStage stage({}, std::move(options));
  auto& action = *stage.window.findChild<QAction*>("guideAction");
  QCOMPARE(action.shortcut(), QKeySequence(Qt::Key_F1));
  action.trigger();
  action.trigger();
  const QList<GuideDialog*> dialogs = stage.window.findChildren<GuideDialog*>();
  QCOMPARE(dialogs.size(), 1);
  QVERIFY(dialogs.front()->isVisible());
  if (const QString picture = qEnvironmentVariable("CORTEXSCOPE_GUIDE_PICTURE"); !picture.isEmpty()) {
    dialogs.front()->findChild<QListWidget*>("guidePages")->setCurrentRow(1);
    QVERIFY(dialogs.front()->grab().save(picture));
  }
}

int main(int argc, char** argv) {
  TestGuideDialog test;
  return runWindowTest(test, argc, argv);
}
#include "tst_guide_dialog.moc"
