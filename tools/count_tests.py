"""Add up the reports of several pytest runs and close with one line: `N passed, N failed`.

Usage: count_tests.py FAILED_STEPS_WITHOUT_A_REPORT REPORT.xml…
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def main(failed: int, reports: list[Path]) -> int:
    """Print the closing line; anything failed, or nothing passed, is a failure."""
    passed = skipped = 0
    for report in filter(Path.exists, reports):
        for suite in suites(report):
            counts = {
                name: int(suite.get(name, "0"))
                for name in ("tests", "failures", "errors", "skipped")
            }
            wrong = counts["failures"] + counts["errors"]
            failed += wrong
            skipped += counts["skipped"]
            passed += counts["tests"] - wrong - counts["skipped"]
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


def suites(report: Path) -> list[ET.Element]:
    """Return the suites of a report; of one that broke off nothing can be counted."""
    try:
        return list(ET.parse(report).getroot().iter("testsuite"))
    except ET.ParseError:
        return []


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
