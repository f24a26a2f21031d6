from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from proposals.hiding import hide


class ContestsConfig(AppConfig):
    name = "contests"
    verbose_name = _("Contests")

    def ready(self) -> None:
        """An expert who keeps out of an entry does not read its proposal either."""
        entries = self.get_model("Entry").objects
        hide(lambda user: entries.kept_from(user).order_by().values("proposal"))
