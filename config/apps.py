"""Makes the office's admin site the default one."""

from django.contrib.admin.apps import AdminConfig


class OfficeAdminConfig(AdminConfig):
    default_site = "communities.office.OfficeSite"
