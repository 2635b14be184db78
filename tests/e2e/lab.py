"""A JupyterLab tab in a real Chromium, driven as a user would: typing into cells, looking at what the page shows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Chromium's own background traffic is switched off: tests talk to their cluster only.
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Runs in the page once; a reload would lose it, which is how a reload is noticed.
WATCH = """() => {
  window.__sojourn = {dialogs: [], statuses: []};
  const seen = new WeakSet();
  const note = () => document.querySelectorAll('.jp-Dialog').forEach(d => {
    if (!seen.has(d)) { seen.add(d); window.__sojourn.dialogs.push(d.innerText.slice(0, 300)); }
  });
  new MutationObserver(note).observe(document.body, {childList: true, subtree: true});
  note();
}"""

STATE = """() => {
  const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const session = panel && panel.sessionContext && panel.sessionContext.session;
  const kernel = session && session.kernel;
  return {
    watched: !!window.__sojourn, dialogs: window.__sojourn ? window.__sojourn.dialogs : [],
    kernel: kernel && kernel.id, session: session && session.id,
    status: kernel && kernel.status, connection: kernel && kernel.connectionStatus,
  };
}"""

PROMPT = """([index, wanted]) => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[index];
  const prompt = cell && cell.node.querySelector('.jp-InputPrompt');
  const text = prompt ? prompt.innerText : '';
  return wanted === 'done' ? /\\[\\d+\\]/.test(text) : !/\\[\\*\\]/.test(text);
}"""


@dataclass(frozen=True)
class TabState:
    """What the open page knows of its kernel. ``reloaded`` is true once the page was loaded again."""

    reloaded: bool
    dialogs: list[str]
    kernel: str | None
    session: str | None
    status: str | None
    connection: str | None


class LabTab:
    """One notebook open in one tab."""

    def __init__(self, page: Page, screenshots: Path) -> None:
        self.page = page
        self.screenshots = screenshots

    def open(self, hub_url: str, user: str, password: str, notebook: str, timeout: float = 120) -> None:
        """Log in through the hub, start the server if need be, open the notebook and wait for an idle kernel."""
        page, limit = self.page, timeout * 1000
        page.goto(f"{hub_url}/hub/login?next=%2Fhub%2Fspawn", timeout=limit)
        page.fill("#username_input", user)
        page.fill("#password_input", password)
        page.click("#login_submit")
        page.wait_for_url(f"**/user/{user}/**", timeout=limit)
        page.goto(f"{hub_url}/user/{user}/lab/tree/{notebook}", timeout=limit)
        page.wait_for_function(f"() => {{ const s = ({STATE})(); return s.status === 'idle' }}", timeout=limit)
        page.evaluate(WATCH)

    def state(self) -> TabState:
        found: dict[str, Any] = self.page.evaluate(STATE)
        return TabState(reloaded=not found.pop("watched"), **found)

    def submit(self, code: str) -> int:
        """Type code into the last cell and run it with Shift+Enter. Returns the cell's index, without waiting."""
        index = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length") - 1
        self._cell(index).locator(".cm-content").click()
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")
        return index

    def result(self, index: int, timeout: float = 120) -> str:
        """Text below a cell, once its prompt shows an execution count."""
        self.page.wait_for_function(PROMPT, arg=[index, "done"], timeout=timeout * 1000, polling=50)
        return self._output(index)

    def ended(self, index: int, timeout: float = 120) -> str:
        """Text below a cell, once its prompt no longer shows ``[*]``."""
        self.page.wait_for_function(PROMPT, arg=[index, "ended"], timeout=timeout * 1000, polling=50)
        return self._output(index)

    def run(self, code: str, timeout: float = 120) -> str:
        return self.result(self.submit(code), timeout)

    def screenshot(self, name: str) -> Path:
        """A picture of the page, kept with the test's artifacts."""
        self.screenshots.mkdir(parents=True, exist_ok=True)
        path = self.screenshots / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def _cell(self, index: int):
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(index)

    def _output(self, index: int) -> str:
        area = self._cell(index).locator(".jp-OutputArea-output")
        return "\n".join(area.all_inner_texts()).strip()


@contextmanager
def lab_tab(screenshots: Path) -> Iterator[LabTab]:
    """A fresh browser with one tab; closed at the end, also when the test fails."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield LabTab(browser.new_context(viewport={"width": 1200, "height": 800}).new_page(), screenshots)
        finally:
            browser.close()


def empty_notebook(kernel: str = "sojourn") -> str:
    """JSON of a notebook with one empty code cell for the given kernelspec."""
    cell = {"cell_type": "code", "execution_count": None, "id": "first", "metadata": {}, "outputs": [], "source": []}
    spec = {"name": kernel, "display_name": "Python 3 (Sojourn)", "language": "python"}
    return json.dumps({"cells": [cell], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5})
