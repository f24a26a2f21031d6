from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from proposals.hiding import hide, hide_names, hold_back


class ContestsConfig(AppConfig):
    name = "contests"
    verbose_name = _("Contests")

    def ready(self) -> None:
        """An expert who keeps out of an entry does not read its proposal either; a blind contest is blind everywhere.

        What takes part is not withdrawn.
        """
        entries = self.get_model("Entry").objects
        hide(lambda user: entries.kept_from(user).order_by().values("proposal"))
        hold_back(lambda: entries.taking_part().order_by().values("proposal"))
        hide_names(lambda: entries.judged_blind().order_by().values("proposal"))
