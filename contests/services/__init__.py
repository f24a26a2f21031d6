"""The verbs on contests: `entries`, `lifecycle`, `judging`, `voting`, `tally`."""
