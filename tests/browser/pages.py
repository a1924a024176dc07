"""The built site in a real browser: what readers see, by mouse, keyboard and screen reader; `nox -s browser` runs it.

MathJax comes from a folder of npm packages, in place of the network that the site would load it from.
"""

import functools
import json
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, Route, expect, sync_playwright

CDN = "https://cdn.jsdelivr.net/npm/"
KINDS = {".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".woff2": "font/woff2", ".css": "text/css"}
PATIENCE = 240
NARROW = 390
"""The width of a small phone."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = ("index.html", "optax/schedules.html", "optax/combining.html", "story/index.html", "reference/sphinx.html", "qedoc-formulas.html")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def local(packages: Path, route: Route) -> None:
    """Answers for the network with a file of a package."""
    name = re.sub(r"(?<=\w)@[\d.]+(?=/)", "", route.request.url.removeprefix(CDN))
    file = packages / name
    if route.request.url.startswith(CDN) and file.is_file():
        route.fulfill(status=200, content_type=KINDS.get(file.suffix, "application/octet-stream"), body=file.read_bytes())
    else:
        route.abort()


def opened(page: Page, address: str) -> None:
    """Opens a page, and waits until its formulas are set."""
    page.goto(address, wait_until="commit")
    for _ in range(PATIENCE):
        if page.evaluate(r"document.readyState === 'complete' && (!window.MathJax || !!document.querySelector('mjx-container'))"):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{address}: no formula is set after {PATIENCE / 2:g} s")


def formulas_are_set(page: Page) -> int:
    """Every formula is set, and none shows its TeX."""
    raw = page.evaluate(r"[...document.querySelectorAll('.math')].filter(m => !m.querySelector('mjx-container') && m.offsetParent).length")
    assert raw == 0, f"{raw} formulas are raw TeX"
    wrong = page.evaluate("document.querySelectorAll('mjx-merror').length")
    assert wrong == 0, f"{wrong} formulas are refused by MathJax"
    return int(page.evaluate("document.querySelectorAll('mjx-container').length"))


def formula_is_described(page: Page) -> None:
    """Status, symbol table, fold and picture of one formula."""
    formula = page.locator("#formula-optax\\.cosine_decay_schedule")
    expect(formula.locator(".qedoc-heading .qedoc-status")).to_have_text("proved")
    expect(formula.locator(".qedoc-heading .qedoc-status")).to_be_visible()
    expect(formula.get_by_role("columnheader", name="Domain")).to_be_visible()
    expect(formula.get_by_role("cell", name="steps of the decay")).to_be_visible()
    expect(formula.locator(".qedoc-heading a.qedoc-status")).to_have_attribute(
        "title", "A proof shows that the code computes this formula."
    )
    fold = formula.locator("details.qedoc-fold").filter(has_text="What the code computes")
    inside = fold.locator(".math")
    expect(inside).to_be_hidden()
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(inside).to_be_visible()
    picture = formula.get_by_role("img", name="optax.cosine_decay_schedule along count")
    expect(picture).to_be_visible()
    assert "The formula goes from 1 at count=0" in (picture.locator("desc").text_content() or "")


def fits(page: Page) -> list[str]:
    """What is wider than a narrow page. Formulas may scroll inside their column."""
    page.set_viewport_size({"width": NARROW, "height": 900})
    found: list[str] = page.evaluate(
        """() => {
          const page = document.documentElement, inside = '.qedoc-formula, .qedoc-formula *, .qedoc-summary, .qedoc-summary *';
          const wide = [...document.querySelectorAll(inside)].filter(e => !e.closest('mjx-container, svg')
            && e.getBoundingClientRect().width > 0 && e.getBoundingClientRect().right > page.clientWidth + 1);
          return [...(page.scrollWidth > page.clientWidth + 1 ? [page] : []), ...wide]
            .map(e => `wider than the page: ${e.tagName} ${e.className}`);
        }"""
    )
    return found[:4]


def serious(page: Page, axe: str) -> list[str]:
    """What axe finds that is serious, with the places; what MathJax draws, and strokes of a picture that has a name, are left out."""
    page.evaluate(axe)
    found = page.evaluate("axe.run({exclude: [['mjx-container'], ['.qedoc-picture > g']]}, {resultTypes: ['violations']})")
    return [
        f"{issue['id']} ({issue['impact']}): {issue['help']}: {json.dumps([node['target'] for node in issue['nodes']][:4])}"
        for issue in found["violations"]
        if issue["impact"] in ("serious", "critical")
    ]


def main(site: Path, packages: Path, pictures: Path, browser: str) -> int:
    """Looks at each page in light and dark; gives the number of issues."""
    axe = (packages / "axe-core" / "axe.min.js").read_text()
    issues = 0
    with served(site) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        for scheme in SCHEMES:
            page = chromium.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900}).new_page()
            page.route(f"{CDN}**", functools.partial(local, packages))
            for name in PAGES:
                opened(page, f"{address}/{name}")
                many = formulas_are_set(page)
                if name == "optax/schedules.html":
                    formula_is_described(page)
                page.screenshot(path=pictures / f"{name.replace('/', '-')}-{scheme}.png")
                formula = page.locator(".qedoc-formula").first
                if formula.count():
                    formula.screenshot(path=pictures / f"{name.replace('/', '-')}-{scheme}-formula.png")
                found = [*serious(page, axe), *fits(page)]
                page.screenshot(path=pictures / f"{name.replace('/', '-')}-{scheme}-{NARROW}.png")
                page.set_viewport_size({"width": 1280, "height": 900})
                issues += len(found)
                print(f"{scheme:5} {name}: {many} formulas set, {len(found)} serious issues", flush=True)
                for issue in found:
                    print(f"      {issue}")
    return issues


if __name__ == "__main__":
    sys.exit(min(main(*map(Path, sys.argv[1:4]), sys.argv[4] if len(sys.argv) > 4 else "/usr/bin/chromium"), 1))
