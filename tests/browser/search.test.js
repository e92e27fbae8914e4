// The search finds what the report says, in both languages, with no server behind it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { address, languages, startBrowser, visit } from "./report.js";

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

// Words of either language are found from both: names, compound words, words of the codebook.
const words = {
  ja: ["浜松", "Hamamatsu", "広域連携", "フォトニクス", "知的クラスター", "評価", "TLO", "Shizuoka University"],
  en: ["Hamamatsu", "浜松", "grade", "grades", "wide-area", "photonics", "start-ups", "静岡大学"],
};

/** Search from a page as a reader does: type into the field of the header and press Enter. */
async function search(page, word) {
  await page.fill("header form[role=search] input", word);
  await page.press("header form[role=search] input", "Enter");
  await page.waitForURL(/search\.html\?/);
  const results = page.locator("#search-results a");
  await page.locator("#search-results > *").first().waitFor({ timeout: 5000 }); // results, or words that there are none
  return results;
}

for (const language of languages) {
  for (const word of words[language]) {
    test(`${language}: the search finds ${word}`, async () => {
      await visit(browser, address(language, "index.html"), async (page) => {
        const results = await search(page, word);
        assert.ok(await results.count(), `${word} is found`);
        const said = await page.locator("#search-results li").first().innerText();
        assert.ok(said.toLowerCase().includes(word.toLowerCase()), said);
        await results.first().click();
        // A page is gone to; a card opens beside the results.
        await Promise.any([
          page.waitForURL((there) => !there.pathname.endsWith("search.html")),
          page.locator(".panel-content > *").first().waitFor(),
        ]);
        assert.deepEqual(page.complaints, []);
      });
    });
  }

  test(`${language}: the page of a thing comes first, whichever language it is asked in`, async () => {
    for (const word of ["浜松", "Hamamatsu"]) {
      await visit(browser, address(language, "index.html"), async (page) => {
        const results = await search(page, word);
        assert.equal(await results.first().getAttribute("href"), "region-hamamatsu.html");
      });
    }
  });

  test(`${language}: a grade is found as a word, and not inside of others`, async () => {
    await visit(browser, address(language, "index.html"), async (page) => {
      await search(page, "A-");
      const items = await page.locator("#search-results li").allInnerTexts();
      assert.ok(items.length && items.every((text) => /(^|[^A-Za-z0-9])A-(?![A-Za-z0-9])/i.test(text) || text.includes("…")), items[0]);
    });
  });

  test(`${language}: it says how many there are and shows more when asked`, async () => {
    await visit(browser, address(language, "index.html"), async (page) => {
      const results = await search(page, language === "ja" ? "地域" : "region");
      assert.equal(await results.count(), 20);
      const all = Number(/\d{2,}/.exec((await page.locator("#search-results [role=status]").innerText()).replace("20", ""))[0]);
      await page.locator("#search-results button").click();
      assert.equal(await results.count(), Math.min(40, all));
    });
  });

  test(`${language}: what is found nowhere is said to be found nowhere, in the page's language`, async () => {
    await visit(browser, address(language, "index.html"), async (page) => {
      const results = await search(page, "qqxqqx");
      assert.equal(await results.count(), 0);
      const said = await page.locator("#search-results").innerText();
      assert.match(said, language === "ja" ? /[ぁ-んァ-ヶ一-龠]/ : /[a-z]/);
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
