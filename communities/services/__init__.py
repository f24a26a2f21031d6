"""The verbs on people (`people`), and on what they are told: written (`outbox`), sent (`delivery`), read (`reading`)."""
