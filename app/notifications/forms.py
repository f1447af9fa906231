"""The shape of what the notifications house is sent."""

from wtforms import BooleanField

from app.core.forms import Form
from app.core.i18n import lazy_gettext as _l
from app.notifications.types import Topic, Wish


class WishForm(Form):
    """One pair of boxes per topic: in the site, by mail."""

    talk_on_site = BooleanField(_l("In the site"))
    talk_by_mail = BooleanField(_l("By mail"))
    events_on_site = BooleanField(_l("In the site"))
    events_by_mail = BooleanField(_l("By mail"))
    orders_on_site = BooleanField(_l("In the site"))
    orders_by_mail = BooleanField(_l("By mail"))
    shop_on_site = BooleanField(_l("In the site"))
    shop_by_mail = BooleanField(_l("By mail"))
    review_on_site = BooleanField(_l("In the site"))
    review_by_mail = BooleanField(_l("By mail"))

    def wishes(self, topics: list[Topic]) -> dict[Topic, Wish]:
        """Return what was ticked for these topics."""
        return {
            topic: Wish(
                bool(self[f"{topic.value}_on_site"].data), bool(self[f"{topic.value}_by_mail"].data)
            )
            for topic in topics
        }
