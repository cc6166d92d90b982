"""One page in a real browser: what is wrong with it as it is seen, printed, reached by keyboard and without scripts.

Belongs here: looks at a single file. Does not belong here: which pages are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from orchestration.commands.auditor import RangeHandler
from tests.services.loopback import running

#: What a hostile text would call, and what the browser says of what the page's policy forbids.
WATCHED = """window.owned = () => console.error("owned");
addEventListener("securitypolicyviolation", event => console.error("policy: " + event.violatedDirective));"""
AXE = Path(__file__).parents[2] / "services" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
#: What `axe` finds: by rules with one of these tags, or by those of colors, which are all that the dark scheme changes.
RULES = """async rules => (await axe.run(document, {preload: false, runOnly: rules})).violations.map(
    one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 200)).join(" | "))"""
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = ["color-contrast", "link-in-text-block"]
LOADED = """Promise.all([...document.images].map(image =>
  image.complete || new Promise(done => { image.onload = image.onerror = done; })))"""
EAGER = "document.querySelectorAll('img').forEach(image => image.loading = 'eager')"
SHOWN = "[...document.images].every(image => image.naturalWidth > 0)"
SIDEWAYS = "document.scrollingElement.scrollWidth > document.documentElement.clientWidth"
#: How far what is seen moves while a page is loaded; 0 if nothing does (web.dev/articles/cls).
SHIFT = """new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value; }))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 50);
})"""
MOST_SHIFT = 0.02
#: What has the focus, and whether that is seen: an outline of two pixels or more, on the screen.
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), at = one.getBoundingClientRect();
  return [one.outerHTML.slice(0, 120), one === document.body,
    style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    at.bottom > 0 && at.top < innerHeight && at.right > 0 && at.left < innerWidth];
}"""
#: How many elements can have it; a closed `details` hides what is in it.
STOPS = """[...document.querySelectorAll("a[href], summary, button, input, select, textarea, [tabindex='0']")]
  .filter(one => one.checkVisibility() && !one.disabled).length"""
_A4 = 794  # pixels of a sheet's width


def complaints(browser: Any, file: Path, width: int, store: Path) -> list[str]:
    """Return what is wrong with a page as a browser shows it, light and then dark."""
    found: list[str] = []
    page = _opened(browser, file, store, found, viewport={"width": width, "height": 900})
    if (shift := page.evaluate(SHIFT)) > MOST_SHIFT:
        found.append(f"what is seen moves: {shift:.3f}")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found += page.evaluate(RULES, ALL)
    page.emulate_media(color_scheme="dark")  # which changes colors alone, as a test shows
    found += page.evaluate(RULES, {"type": "rule", "values": COLORS})
    page.close()
    return found


def without_scripts(browser: Any, file: Path, store: Path) -> list[str]:
    """Return what is wrong with a page where scripts are switched off."""
    found: list[str] = []
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = _opened(context, file, store, found)
    if len(page.inner_text("main")) < 40:
        found.append("nothing is said")
    context.close()
    return found


def by_keyboard(browser: Any, file: Path, store: Path, most: int = 60) -> list[str]:
    """Return what is wrong with the first stops of a keyboard on a page: no focus, none that is seen, a trap."""
    found: list[str] = []
    page = _opened(browser, file, store, found, viewport={"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    before = ""
    for number in range(min(most, page.evaluate(STOPS))):
        page.keyboard.press("Tab")
        what, nowhere, outlined, on_screen = page.evaluate(FOCUSED)
        if nowhere or not outlined or not on_screen or (what == before and "id=" in what):
            found.append(f"stop {number + 1} of a keyboard is not seen: {what}")
        if number == 0 and 'class="skip"' not in what:
            found.append(f"the first stop is not the way to the content: {what}")
        before = what
    page.close()
    return found


def in_print(browser: Any, file: Path, store: Path) -> list[str]:
    found: list[str] = []
    page = _opened(browser, file, store, found, viewport={"width": _A4, "height": 1123})
    page.emulate_media(media="print")
    if page.evaluate(SIDEWAYS):
        found.append("it is wider than paper")
    for hidden in (".sections", ".languages", ".skip"):
        if any(one.is_visible() for one in page.locator(hidden).all()):
            found.append(f"{hidden} is printed")
    if len(page.pdf(format="A4")) < 1000:
        found.append("nothing is printed")
    page.close()
    return found


def _opened(browser: Any, file: Path, store: Path, found: list[str], **given: Any) -> Any:
    """Open a page with all its pictures; what the browser complains of enters `found`."""
    page = browser.new_page(color_scheme="light", **given) if given else browser.new_page()
    # a typeface is fetched ahead as servers want it; from a file the browser remarks on that, and loads it
    page.on(
        "console",
        lambda said: None if "A preload for 'file:" in said.text else found.append(f"console: {said.text}"),
    )
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.on("dialog", lambda dialog: found.append(f"dialog: {dialog.message}"))
    page.on("requestfailed", lambda asked: found.append(f"failed: {asked.url}"))
    page.on(
        "request", lambda asked: asked.url.startswith(store.as_uri()) or found.append(f"foreign: {asked.url}")
    )
    page.add_init_script(WATCHED)
    page.goto(file.as_uri())
    page.evaluate(EAGER)
    page.evaluate(LOADED)
    if not page.evaluate(SHOWN):
        found.append("a picture is not shown")
    if page.evaluate(SIDEWAYS):
        found.append("the page scrolls sideways")
    return page


def opened_browser(chromium: str, *, folders_as_served: bool = True) -> Iterator[Any]:
    """Yield a running browser.

    A folder is looked at as a server shows it: from a file, Chromium takes a typeface for another site's.
    """
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", *(["--allow-file-access-from-files"] if folders_as_served else [])]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield running
        running.close()


class _Silent(RangeHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with running(ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))) as address:
        yield f"{address}/"
