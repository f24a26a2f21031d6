from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from proposals.hiding import hide, hide_names


class ContestsConfig(AppConfig):
    name = "contests"
    verbose_name = _("Contests")

    def ready(self) -> None:
        """An expert who keeps out of an entry does not read its proposal either; a blind contest is blind everywhere."""
        entries = self.get_model("Entry").objects
        hide(lambda user: entries.kept_from(user).order_by().values("proposal"))
        hide_names(lambda: entries.judged_blind().order_by().values("proposal"))
