"""Take the README's two pictures from a served demo town: pictures.py ADDRESS."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image

from tools import live
from tools.sights import SIGHTS, address_of, sign_in, speak

# name of the file, of the sight, size of the screen, language
PICTURES = [
    ("phone", "front", (360, 780), "zh"),
    ("desk", "preparation", (1280, 800), "en"),
]


def main(address: str) -> int:
    """Write docs/pictures/phone.webp and desk.webp."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, wanted, (width, height), language in PICTURES:
            sight = next(sight for sight in SIGHTS if sight.name == wanted)
            page = browser.new_context(
                base_url=address, viewport={"width": width, "height": height},
                device_scale_factor=2 if width < 500 else 1, timezone_id="Asia/Shanghai",
                locale="zh-CN" if language == "zh" else "en-GB",
            ).new_page()  # fmt: skip
            if sight.who:
                sign_in(page, sight.who)
                speak(page, language)
            page.goto(address_of(sight, lambda path: page.request.get(path).text()))  # noqa: B023
            page.wait_for_load_state("networkidle")
            taken = Image.open(io.BytesIO(page.screenshot()))
            taken.save(live.ROOT / f"docs/pictures/{name}.webp", quality=82, method=6)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
