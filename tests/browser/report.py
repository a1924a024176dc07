"""An HTML report in a real browser: mathematics, filters, colours, keyboard, narrow screens, print and axe; `nox -s browser` runs it."""

import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from pages_project import VERDICTS, qedoc, write

PAGES = ("index.html", "tiny.html")
NARROW, WIDE = 390, 1280


def opened(browser: Browser, address: str, *, dark: bool = False, width: int = WIDE, scripts: bool = True) -> tuple[Page, list[str]]:
    """A page, and what its console says."""
    scheme = "dark" if dark else "light"
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(address)
    return page, said


def found(page: Page, axe: str) -> list[str]:
    """Everything that axe finds, with all folds open."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {json.dumps([n['target'] for n in one['nodes']][:4])}"
        for one in result["violations"]
    ]


def fits(page: Page) -> None:
    """Nothing is wider than the screen, and no part of the page scrolls sideways."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(node => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0"
        " && getComputedStyle(node).overflowX !== 'visible').map(node => node.className + ': ' + node.textContent.slice(0, 40))"
    )
    assert not wide, wide


def filters_work(page: Page) -> None:
    """By verdict, by text, by both, from an address, and by keyboard."""
    cards = page.locator(".card:visible")
    expect(cards).to_have_count(len(VERDICTS))
    page.keyboard.press("/")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("exponential decay rate")
    expect(cards).to_have_count(0)
    expect(page.get_by_text("No formula fits the filter.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(cards).to_have_count(len(VERDICTS))
    page.get_by_label("refuted").check()
    expect(cards).to_have_count(2)
    page.locator("#text").fill("DECAY")
    expect(cards).to_have_count(1)
    expect(page.locator("#shown")).to_have_text(f"1 of {len(VERDICTS)} shown")
    page.goto(f"{page.url.partition('?')[0]}?verdict=proved")
    expect(cards).to_have_count(2)
    page.evaluate("location.hash = '#tiny.decay'")  # a link to a formula shows it, whatever the filter says
    expect(page.locator("#tiny\\.decay")).to_be_visible()


def colours_change(page: Page) -> None:
    """The button turns dark to light and back, and the page remembers."""
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    button = page.locator("#theme")
    name = button.text_content()
    button.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(ground) != before
    assert button.text_content() != name
    page.reload()
    assert page.evaluate(ground) != before


def formulas_are_drawn(page: Page) -> None:
    """Fractions have a bar above a denominator, and no LaTeX is left in what is drawn."""
    fraction = page.locator("#tiny\\.energy mfrac").first
    above, below = (fraction.locator(f":scope > :nth-child({k})").bounding_box() for k in (1, 2))
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"] + 1
    assert "\\" not in "".join(page.locator("math").all_text_contents())
    expect(page.get_by_role("img", name="tiny.decay along")).to_be_visible()


def printed_whole(page: Page) -> None:
    """On paper, every fold is open and the filter is not there."""
    page.emulate_media(media="print")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#tiny\\.energy dl.facts")).to_be_visible()
    page.emulate_media(media="screen")


def main(packages: Path, pictures: Path, executable: str) -> int:
    """Looks at each page in light, dark and on a narrow screen; gives the number of issues."""
    axe = (packages / "axe-core" / "axe.min.js").read_text()
    issues = 0
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        project = write(Path(made) / "project")
        done = qedoc(project, "check", "--format", "html", "--output", "report")
        assert done.returncode == 1, done.stderr
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        for dark in (False, True):
            for width in (WIDE, NARROW):
                for name in PAGES:
                    page, said = opened(browser, (project / "report" / name).as_uri(), dark=dark, width=width)
                    page.screenshot(path=pictures / f"report-{name}-{'dark' if dark else 'light'}-{width}.png", full_page=True)
                    fits(page)
                    serious = found(page, axe)
                    issues += len(serious)
                    print(f"{'dark' if dark else 'light':5} {width:4} {name}: {len(serious)} issues", *serious, sep="\n      ", flush=True)
                    assert not said, said
        page, said = opened(browser, (project / "report" / "tiny.html").as_uri())
        formulas_are_drawn(page)
        printed_whole(page)
        colours_change(page)
        filters_work(page)
        assert not said, said
        page, said = opened(browser, (project / "report" / "tiny.html").as_uri(), scripts=False)
        expect(page.locator(".card:visible")).to_have_count(len(VERDICTS))
        expect(page.locator("#filters")).to_be_hidden()
        assert not said, said
    return issues


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "/usr/bin/chromium"), 1))
