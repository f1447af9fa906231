"""Words about people for other houses' pages."""

import re

from app.accounts.types import JoinedReason, TextKind
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l

TEXT_NAMES = {
    TextKind.RULES: _l("House rules"),
    TextKind.TERMS: _l("Terms of use"),
    TextKind.PRIVACY: _l("Privacy"),
}
ROLE_NAMES = {
    "operator": _l("Operator"),
    "moderator": _l("Moderator"),
    "planner": _l("Event planner"),
    "marketer": _l("Marketer"),
    "analyst": _l("Analyst"),
    "expert": _l("Expert"),
    "leader": _l("Circle leader"),
    "owner": _l("Shop owner"),
    "manager": _l("Shop manager"),
    "clerk": _l("Shop clerk"),
    "courier": _l("Courier"),
}
REASON_NAMES = {
    JoinedReason.NEIGHBOURS: _l("Meet neighbours"),
    JoinedReason.HELP: _l("Ask for help"),
    JoinedReason.EVENTS: _l("Join events"),
    JoinedReason.SHOPS: _l("Order nearby"),
    JoinedReason.NEWS: _l("Local news"),
    JoinedReason.INVITED: _l("Somebody asked me"),
    JoinedReason.OTHER: _l("Just looking"),
}
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("HuaweiBrowser", "Huawei"),
    ("MiuiBrowser", "MIUI"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """Return what a session runs on, as people say it: WeChat on iPhone."""
    browser = next((word for sign, word in _BROWSERS if re.search(sign, user_agent)), "")
    device = next((word for sign, word in _DEVICES if sign in user_agent), "")
    if browser and device:
        return _("%(browser)s on %(device)s", browser=browser, device=device)
    return browser or device or _("A browser")
