from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from communities.checks import share_card_font
from communities.missing import say_what_is_missing


class CommunitiesConfig(AppConfig):
    name = "communities"
    verbose_name = _("Communities")

    def ready(self) -> None:
        say_what_is_missing()
        checks.register(share_card_font)
