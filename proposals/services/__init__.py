"""The verbs on ideas (`ideas`) and proposals (`proposals`)."""
