// The search finds what the report says, in both languages, with no server behind it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { address, languages, startBrowser, visit } from "./report.js";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

// A place, a compound word, words of the codebook and of the figures; each stands in both languages'
// pages: Japanese names are printed on the English ones, too.
const words = {
  ja: ["浜松", "広域連携", "フォトニクス", "オプトロニクス", "大学発ベンチャー", "知的クラスター", "評価", "TLO"],
  en: ["浜松", "grade", "grades", "wide-area", "photonics", "optronics", "start-ups", "Hamamatsu"],
};

/** Search from a page as a reader does: type into the field of the header and press Enter. */
async function search(page, word) {
  await page.fill("header form[role=search] input", word);
  await page.press("header form[role=search] input", "Enter");
  await page.waitForURL(/search\.html\?/);
  const results = page.locator("#search-results a");
  await results.first().waitFor({ timeout: 5000 }).catch(() => {});
  return results;
}

for (const language of languages) {
  for (const word of words[language]) {
    test(`${language}: the search finds ${word}, and its first result says the word`, async () => {
      await visit(browser, address(language, "index.html"), async (page) => {
        const results = await search(page, word);
        assert.ok(await results.count(), `${word} is found`);
        await results.first().click();
        await page.waitForURL((there) => !there.pathname.endsWith("search.html"));
        const text = await page.evaluate(() => document.querySelector("main").textContent);
        assert.ok(text.toLowerCase().includes(word.toLowerCase()), `${page.url()} says ${word}`);
        assert.deepEqual(page.complaints, []);
      });
    });
  }

  test(`${language}: what is found nowhere is said to be found nowhere, in the page's language`, async () => {
    await visit(browser, address(language, "index.html"), async (page) => {
      const results = await search(page, "qqxqqx");
      await page.waitForTimeout(500);
      assert.equal(await results.count(), 0);
      const said = await page.locator("#search-results").innerText();
      assert.match(said, language === "ja" ? /[ぁ-んァ-ヶ一-龠]/ : /[a-z]/);
      if (language === "ja") assert.doesNotMatch(said, /Your search|Search Results|did not match/);
    });
  });

  test(`${language}: words typed as markup are shown as words`, async () => {
    await visit(browser, address(language, "index.html"), async (page) => {
      await search(page, '<img src=x onerror="window.harmed = 1">');
      await page.waitForTimeout(300);
      assert.equal(await page.evaluate(() => window.harmed), undefined);
      assert.equal(await page.locator("main img[src=x]").count(), 0);
    });
  });
}
