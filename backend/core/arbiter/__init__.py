"""Who drives, and in which mode: lease, watchdogs and one table of transitions."""
