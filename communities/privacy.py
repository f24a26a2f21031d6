"""Which wording of the page on privacy is in force. Whoever agrees to what is kept agrees to a version of it.

Raise it with every change of what `templates/my/privacy.html` says is kept, for what, who sees it, or how long: from
then on consent to an earlier version is none.
"""

VERSION = "2026-11-28"
