"""axe-core in a page: what stands in the way of people who do not see or do not use a mouse."""

from typing import Any

from playwright.sync_api import Page

from infra.frontend.collect import MODULES

SCRIPT = MODULES / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")


def findings(page: Page) -> list[str]:
    """Serious and critical findings, one line each: the rule, and where."""
    page.evaluate(SCRIPT.read_text())  # through the debugger, which the page's own policy does not bind
    result: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {found['help']} at {node['target'][0]}: {node.get('failureSummary', '')}"
        for found in result["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
