"""Load the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.phones import CHINA
from projects.demo.load import is_loaded, load
from projects.demo.people import phone_of


class Command(BaseCommand):
    help = "Load the demo programme if it is not there, and print which account does what."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empty", action="store_true", help="the sub-district and its accounts without contents")

    def handle(self, *args: Any, empty: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("Demo accounts have a known password: set DEMO=true on a machine of your own first."))
        if is_loaded():
            self.stdout.write(_("The demo programme is there already."))
        else:
            load(timezone.now(), empty=empty)
            self.stdout.write(_("The demo programme has been loaded."))
        self._accounts()

    def _accounts(self) -> None:
        password = settings.DEMO_PASSWORD
        resident = phone_of(1).removeprefix(CHINA)
        lines = [
            _("Log in by user name, password %(password)s:") % {"password": password},
            _("  officer     screens ideas, joins proposals, runs the contest (in the office, /admin/)"),
            _("  approver    confirms results and turns awards into projects (in the office, /admin/)"),
            _("  supervisor  reads everything, changes nothing (in the office, /admin/)"),
            _("  expert1 … expert7  score entries (/panel/)"),
            _("Log in by mobile number; the code appears at /demo/sms/:"),
            _("  %(phone)s  a verified resident, who submits ideas and votes") % {"phone": resident},
            _("All accounts, with a button that logs in: /demo/"),
        ]
        self.stdout.write("\n".join(lines))
