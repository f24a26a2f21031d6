"""The verbs on contests: `lifecycle`, `judging`, `voting`, `tally`, and `archives` in and out."""
